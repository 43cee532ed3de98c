/* ctype.h: ISO C 7.4, POSIX.1. */
#ifndef _CTYPE_H
#define _CTYPE_H 1
#include <features.h>
__BEGIN_DECLS
/*@ functions isalnum isalpha iscntrl isdigit isgraph islower isprint ispunct isspace isupper
isxdigit tolower toupper */
#if __TL_C99
/*@ functions isblank */
#endif
#if __TL_XSI || __TL_MISC
/*@ functions isascii toascii */
#define _tolower(c) ((c) | 0x20)
#define _toupper(c) ((c) & ~0x20)
#endif
#if __TL_POSIX >= 200809L
/*@ functions isalnum_l isalpha_l isblank_l iscntrl_l isdigit_l isgraph_l islower_l isprint_l
ispunct_l isspace_l isupper_l isxdigit_l tolower_l toupper_l */
#endif
/*@ functions __ctype_b_loc __ctype_tolower_loc __ctype_toupper_loc */
__END_DECLS
#endif
