/* sys/statfs.h: file system statistics of Linux. */
#ifndef _SYS_STATFS_H
#define _SYS_STATFS_H 1
#include <features.h>
/*@ types statfs */
__BEGIN_DECLS
/*@ functions statfs fstatfs */
#if __TL_GNU
#define statfs64 statfs
#define fstatfs64 fstatfs
#endif
__END_DECLS
#endif
