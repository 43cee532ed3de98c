/* sys/fsuid.h: the identity that files are reached with (setfsuid(2)). */
#ifndef _SYS_FSUID_H
#define _SYS_FSUID_H 1
#include <features.h>
/*@ types uid_t gid_t */
__BEGIN_DECLS
/*@ functions setfsuid setfsgid */
__END_DECLS
#endif
