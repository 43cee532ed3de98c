/* err.h: BSD diagnostics. */
#ifndef _ERR_H
#define _ERR_H 1
#include <features.h>
/*@ types va_list */
__BEGIN_DECLS
/*@ functions warn vwarn warnx vwarnx err verr errx verrx */
__END_DECLS
#endif
