/* uchar.h: C23 7.30. */
#ifndef _UCHAR_H
#define _UCHAR_H 1
#include <features.h>
/*@ types size_t mbstate_t */
#if !defined __cplusplus || __cplusplus < 201103L
typedef __UINT_LEAST16_TYPE__ char16_t;
typedef __UINT_LEAST32_TYPE__ char32_t;
#endif
#if __TL_C23 && !defined __cpp_char8_t
typedef unsigned char char8_t;
#endif
__BEGIN_DECLS
/*@ functions mbrtoc16 c16rtomb mbrtoc32 c32rtomb */
#if __TL_C23 || defined __cpp_char8_t
/*@ functions mbrtoc8 c8rtomb */
#endif
__END_DECLS
#endif
