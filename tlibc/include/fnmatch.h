/* fnmatch.h: POSIX.1. */
#ifndef _FNMATCH_H
#define _FNMATCH_H 1
#include <features.h>
#define FNM_PATHNAME 1
#define FNM_NOESCAPE 2
#define FNM_PERIOD 4
#define FNM_NOMATCH 1
#if __TL_MISC
#define FNM_FILE_NAME FNM_PATHNAME
#define FNM_LEADING_DIR 8
#endif
#if __TL_MISC || __TL_POSIX >= 202405L
#define FNM_CASEFOLD 16
#define FNM_IGNORECASE FNM_CASEFOLD
#endif
#if __TL_GNU
#define FNM_EXTMATCH 32
#endif
__BEGIN_DECLS
/*@ functions fnmatch */
__END_DECLS
#endif
