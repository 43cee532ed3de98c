/* ulimit.h: POSIX.1. */
#ifndef _ULIMIT_H
#define _ULIMIT_H 1
#include <features.h>
#define UL_GETFSIZE 1
#define UL_SETFSIZE 2
__BEGIN_DECLS
/*@ functions ulimit */
__END_DECLS
#endif
