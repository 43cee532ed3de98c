/* wordexp.h: POSIX.1. */
#ifndef _WORDEXP_H
#define _WORDEXP_H 1
#include <features.h>
/*@ types size_t wordexp_t */
#define WRDE_DOOFFS 1
#define WRDE_APPEND 2
#define WRDE_NOCMD 4
#define WRDE_REUSE 8
#define WRDE_SHOWERR 16
#define WRDE_UNDEF 32
#if __TL_XSI || __TL_MISC
#define WRDE_NOSYS (-1)
#endif
#define WRDE_NOSPACE 1
#define WRDE_BADCHAR 2
#define WRDE_BADVAL 3
#define WRDE_CMDSUB 4
#define WRDE_SYNTAX 5
__BEGIN_DECLS
/*@ functions wordexp wordfree */
__END_DECLS
#endif
