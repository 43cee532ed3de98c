/* complex.h: ISO C 7.3. */
#ifndef _COMPLEX_H
#define _COMPLEX_H 1
#include <features.h>
#define complex _Complex
#define _Complex_I (__extension__ 1.0iF)
#define I _Complex_I
#if __TL_C11
#if defined __clang__ || (defined __GNUC__ && __GNUC__ >= 12)
#define CMPLX(x, y) __builtin_complex((double)(x), (double)(y))
#define CMPLXF(x, y) __builtin_complex((float)(x), (float)(y))
#define CMPLXL(x, y) __builtin_complex((long double)(x), (long double)(y))
#endif
#endif
#if defined __clang__ && defined __cplusplus
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc99-extensions"
#endif
__BEGIN_DECLS
/*@ functions cacos cacosf cacosl casin casinf casinl catan catanf catanl ccos ccosf ccosl csin
csinf csinl ctan ctanf ctanl cacosh cacoshf cacoshl casinh casinhf casinhl catanh catanhf catanhl
ccosh ccoshf ccoshl csinh csinhf csinhl ctanh ctanhf ctanhl cexp cexpf cexpl clog clogf clogl cabs
cabsf cabsl cpow cpowf cpowl csqrt csqrtf csqrtl carg cargf cargl cimag cimagf cimagl conj conjf
conjl cproj cprojf cprojl creal crealf creall */
__END_DECLS
#if defined __clang__ && defined __cplusplus
#pragma clang diagnostic pop
#endif
#endif
