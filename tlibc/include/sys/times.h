/* sys/times.h: POSIX.1. */
#ifndef _SYS_TIMES_H
#define _SYS_TIMES_H 1
#include <features.h>
/*@ types clock_t tms */
__BEGIN_DECLS
/*@ functions times */
__END_DECLS
#endif
