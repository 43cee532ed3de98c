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
#if defined __GNUC__ && !defined __cplusplus && defined __OPTIMIZE__
#define __TL_INLINE extern __inline __attribute__((__gnu_inline__, __always_inline__))
/* Every locale has the classes of ASCII. */
__TL_INLINE int __tl_within(int __c, unsigned __first, unsigned __last)
{
  return (unsigned)__c - __first <= __last - __first;
}
__TL_INLINE int __tl_tolower(int __c)
{
  return __tl_within(__c, 'A', 'Z') ? __c | 0x20 : __c;
}
__TL_INLINE int __tl_toupper(int __c)
{
  return __tl_within(__c, 'a', 'z') ? __c & 0x5f : __c;
}
__TL_INLINE int __tl_isspace(int __c)
{
  return __c == ' ' || __tl_within(__c, '\t', '\r');
}
#undef __TL_INLINE
#define isalpha(c) __tl_within((c) | 0x20, 'a', 'z')
#define isdigit(c) __tl_within(c, '0', '9')
#define islower(c) __tl_within(c, 'a', 'z')
#define isupper(c) __tl_within(c, 'A', 'Z')
#define isprint(c) __tl_within(c, ' ', '~')
#define isgraph(c) __tl_within(c, '!', '~')
#define isspace(c) __tl_isspace(c)
#define tolower(c) __tl_tolower(c)
#define toupper(c) __tl_toupper(c)
#endif
__END_DECLS
#endif
