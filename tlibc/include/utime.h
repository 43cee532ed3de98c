/* utime.h: POSIX.1 (obsolescent). */
#ifndef _UTIME_H
#define _UTIME_H 1
#include <features.h>
/*@ types time_t utimbuf */
__BEGIN_DECLS
/*@ functions utime */
__END_DECLS
#endif
