/* monetary.h: POSIX.1. */
#ifndef _MONETARY_H
#define _MONETARY_H 1
#include <features.h>
/*@ types size_t ssize_t locale_t */
__BEGIN_DECLS
/*@ functions strfmon/3 strfmon_l/4 */
__END_DECLS
#endif
