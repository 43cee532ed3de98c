/* strings.h: POSIX.1, and the older BSD names. */
#ifndef _STRINGS_H
#define _STRINGS_H 1
#include <features.h>
/*@ types size_t */
__BEGIN_DECLS
/*@ functions strcasecmp strncasecmp */
#if __TL_XSI || __TL_MISC || __TL_POSIX >= 202405L
/*@ functions ffs */
#endif
#if __TL_POSIX >= 200809L
/*@ functions strcasecmp_l strncasecmp_l */
#endif
#if __TL_MISC || (__TL_XSI && __TL_XSI < 700)
/*@ functions bcmp bcopy bzero index rindex */
#endif
#if __TL_MISC || __TL_XSI >= 800
/*@ functions ffsl ffsll */
#endif
__END_DECLS
#endif
