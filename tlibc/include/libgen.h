/* libgen.h: POSIX.1 XSI. */
#ifndef _LIBGEN_H
#define _LIBGEN_H 1
#include <features.h>
__BEGIN_DECLS
/*@ functions dirname __xpg_basename */
#define basename __xpg_basename
__END_DECLS
#endif
