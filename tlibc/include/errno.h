/* errno.h: ISO C 7.5, POSIX.1; the numbers are Linux's. */
#ifndef _ERRNO_H
#define _ERRNO_H 1
#include <features.h>
#include <bits/errno_numbers.h>
__BEGIN_DECLS
/*@ functions __errno_location */
#define errno (*__errno_location())
#if __TL_GNU
/*@ functions program_invocation_name program_invocation_short_name */
#ifndef __have_error_t
#define __have_error_t 1
typedef int error_t;
#endif
#endif
__END_DECLS
#endif
