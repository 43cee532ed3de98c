/* monetary.h: POSIX.1. */
#ifndef _MONETARY_H
#define _MONETARY_H 1
#include <features.h>
/*@ types size_t ssize_t */
__BEGIN_DECLS
/*@ functions strfmon/3 */
#if __TL_MISC || __TL_POSIX >= 200809L
/*@ types locale_t */
/*@ functions strfmon_l/4 */
#endif
__END_DECLS
#endif
