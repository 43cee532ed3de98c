/* uchar.h: ISO C11 7.28. */
#ifndef _UCHAR_H
#define _UCHAR_H 1
#include <features.h>
/*@ types size_t mbstate_t */
#if !defined __cplusplus || __cplusplus < 201103L
typedef __UINT_LEAST16_TYPE__ char16_t;
typedef __UINT_LEAST32_TYPE__ char32_t;
#endif
__BEGIN_DECLS
/*@ functions mbrtoc16 c16rtomb mbrtoc32 c32rtomb */
__END_DECLS
#endif
