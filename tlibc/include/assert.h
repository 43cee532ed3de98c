/* assert.h: ISO C 7.2. May be included again with another NDEBUG. */
#include <features.h>
#undef assert
#ifdef NDEBUG
#define assert(expression) ((void)0)
#else
#define assert(expression) \
  ((expression) ? (void)0 : __assert_fail(#expression, __FILE__, __LINE__, __func__))
#endif
#if !defined __cplusplus && defined __STDC_VERSION__ && __STDC_VERSION__ >= 201112L && __STDC_VERSION__ < 202311L
#undef static_assert
#define static_assert _Static_assert
#endif
#ifndef _ASSERT_H
#define _ASSERT_H 1
__BEGIN_DECLS
/*@ functions __assert_fail */
__END_DECLS
#endif
