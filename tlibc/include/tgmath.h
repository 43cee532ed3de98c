/* tgmath.h: ISO C 7.25, by C11 generic selection, which compilers have in older modes too. */
#ifndef _TGMATH_H
#define _TGMATH_H 1
#include <features.h>
#include <math.h>
#include <complex.h>
#ifndef __cplusplus
/* Zero of the type that an argument counts as: integers count as double. */
#define __tl_as(x) \
  _Generic((x), float: 0.0F, long double: 0.0L, float _Complex: (float _Complex)0, \
           double _Complex: (double _Complex)0, long double _Complex: (long double _Complex)0, default: 0.0)
#define __tl_real(x, f, d, l) _Generic((x), float: f, long double: l, default: d)
#define __tl_complex(x, f, d, l) \
  _Generic((x), float: f, float _Complex: f, long double: l, long double _Complex: l, default: d)
#define __tl_both(x, f, d, l, cf, cd, cl) \
  _Generic((x), float: f, long double: l, float _Complex: cf, double _Complex: cd, \
           long double _Complex: cl, default: d)
#define atan2(x, y) __tl_real(__tl_as(x) + __tl_as(y), atan2f, atan2, atan2l)(x, y)
#define cbrt(x) __tl_real(__tl_as(x), cbrtf, cbrt, cbrtl)(x)
#define ceil(x) __tl_real(__tl_as(x), ceilf, ceil, ceill)(x)
#define copysign(x, y) __tl_real(__tl_as(x) + __tl_as(y), copysignf, copysign, copysignl)(x, y)
#define erf(x) __tl_real(__tl_as(x), erff, erf, erfl)(x)
#define erfc(x) __tl_real(__tl_as(x), erfcf, erfc, erfcl)(x)
#define exp2(x) __tl_real(__tl_as(x), exp2f, exp2, exp2l)(x)
#define expm1(x) __tl_real(__tl_as(x), expm1f, expm1, expm1l)(x)
#define fdim(x, y) __tl_real(__tl_as(x) + __tl_as(y), fdimf, fdim, fdiml)(x, y)
#define floor(x) __tl_real(__tl_as(x), floorf, floor, floorl)(x)
#define fma(x, y, z) __tl_real(__tl_as(x) + __tl_as(y) + __tl_as(z), fmaf, fma, fmal)(x, y, z)
#define fmax(x, y) __tl_real(__tl_as(x) + __tl_as(y), fmaxf, fmax, fmaxl)(x, y)
#define fmin(x, y) __tl_real(__tl_as(x) + __tl_as(y), fminf, fmin, fminl)(x, y)
#define fmod(x, y) __tl_real(__tl_as(x) + __tl_as(y), fmodf, fmod, fmodl)(x, y)
#define frexp(x, y) __tl_real(__tl_as(x), frexpf, frexp, frexpl)(x, y)
#define hypot(x, y) __tl_real(__tl_as(x) + __tl_as(y), hypotf, hypot, hypotl)(x, y)
#define ilogb(x) __tl_real(__tl_as(x), ilogbf, ilogb, ilogbl)(x)
#define ldexp(x, y) __tl_real(__tl_as(x), ldexpf, ldexp, ldexpl)(x, y)
#define lgamma(x) __tl_real(__tl_as(x), lgammaf, lgamma, lgammal)(x)
#define llrint(x) __tl_real(__tl_as(x), llrintf, llrint, llrintl)(x)
#define llround(x) __tl_real(__tl_as(x), llroundf, llround, llroundl)(x)
#define log10(x) __tl_real(__tl_as(x), log10f, log10, log10l)(x)
#define log1p(x) __tl_real(__tl_as(x), log1pf, log1p, log1pl)(x)
#define log2(x) __tl_real(__tl_as(x), log2f, log2, log2l)(x)
#define logb(x) __tl_real(__tl_as(x), logbf, logb, logbl)(x)
#define lrint(x) __tl_real(__tl_as(x), lrintf, lrint, lrintl)(x)
#define lround(x) __tl_real(__tl_as(x), lroundf, lround, lroundl)(x)
#define nearbyint(x) __tl_real(__tl_as(x), nearbyintf, nearbyint, nearbyintl)(x)
#define nextafter(x, y) __tl_real(__tl_as(x) + __tl_as(y), nextafterf, nextafter, nextafterl)(x, y)
#define nexttoward(x, y) __tl_real(__tl_as(x), nexttowardf, nexttoward, nexttowardl)(x, y)
#define remainder(x, y) __tl_real(__tl_as(x) + __tl_as(y), remainderf, remainder, remainderl)(x, y)
#define remquo(x, y, z) __tl_real(__tl_as(x) + __tl_as(y), remquof, remquo, remquol)(x, y, z)
#define rint(x) __tl_real(__tl_as(x), rintf, rint, rintl)(x)
#define round(x) __tl_real(__tl_as(x), roundf, round, roundl)(x)
#define scalbn(x, y) __tl_real(__tl_as(x), scalbnf, scalbn, scalbnl)(x, y)
#define scalbln(x, y) __tl_real(__tl_as(x), scalblnf, scalbln, scalblnl)(x, y)
#define tgamma(x) __tl_real(__tl_as(x), tgammaf, tgamma, tgammal)(x)
#define trunc(x) __tl_real(__tl_as(x), truncf, trunc, truncl)(x)
#define acos(x) __tl_both(__tl_as(x), acosf, acos, acosl, cacosf, cacos, cacosl)(x)
#define asin(x) __tl_both(__tl_as(x), asinf, asin, asinl, casinf, casin, casinl)(x)
#define atan(x) __tl_both(__tl_as(x), atanf, atan, atanl, catanf, catan, catanl)(x)
#define acosh(x) __tl_both(__tl_as(x), acoshf, acosh, acoshl, cacoshf, cacosh, cacoshl)(x)
#define asinh(x) __tl_both(__tl_as(x), asinhf, asinh, asinhl, casinhf, casinh, casinhl)(x)
#define atanh(x) __tl_both(__tl_as(x), atanhf, atanh, atanhl, catanhf, catanh, catanhl)(x)
#define cos(x) __tl_both(__tl_as(x), cosf, cos, cosl, ccosf, ccos, ccosl)(x)
#define sin(x) __tl_both(__tl_as(x), sinf, sin, sinl, csinf, csin, csinl)(x)
#define tan(x) __tl_both(__tl_as(x), tanf, tan, tanl, ctanf, ctan, ctanl)(x)
#define cosh(x) __tl_both(__tl_as(x), coshf, cosh, coshl, ccoshf, ccosh, ccoshl)(x)
#define sinh(x) __tl_both(__tl_as(x), sinhf, sinh, sinhl, csinhf, csinh, csinhl)(x)
#define tanh(x) __tl_both(__tl_as(x), tanhf, tanh, tanhl, ctanhf, ctanh, ctanhl)(x)
#define exp(x) __tl_both(__tl_as(x), expf, exp, expl, cexpf, cexp, cexpl)(x)
#define log(x) __tl_both(__tl_as(x), logf, log, logl, clogf, clog, clogl)(x)
#define sqrt(x) __tl_both(__tl_as(x), sqrtf, sqrt, sqrtl, csqrtf, csqrt, csqrtl)(x)
#define pow(x, y) __tl_both(__tl_as(x) + __tl_as(y), powf, pow, powl, cpowf, cpow, cpowl)(x, y)
#define fabs(x) __tl_both(__tl_as(x), fabsf, fabs, fabsl, cabsf, cabs, cabsl)(x)
#define carg(x) __tl_complex(__tl_as(x), cargf, carg, cargl)(x)
#define cimag(x) __tl_complex(__tl_as(x), cimagf, cimag, cimagl)(x)
#define conj(x) __tl_complex(__tl_as(x), conjf, conj, conjl)(x)
#define cproj(x) __tl_complex(__tl_as(x), cprojf, cproj, cprojl)(x)
#define creal(x) __tl_complex(__tl_as(x), crealf, creal, creall)(x)
#if __TL_C23 || defined __STDC_WANT_IEC_60559_BFP_EXT__ || defined __STDC_WANT_IEC_60559_EXT__
#define roundeven(x) __tl_real(__tl_as(x), roundevenf, roundeven, roundevenl)(x)
#define llogb(x) __tl_real(__tl_as(x), llogbf, llogb, llogbl)(x)
#define nextup(x) __tl_real(__tl_as(x), nextupf, nextup, nextupl)(x)
#define nextdown(x) __tl_real(__tl_as(x), nextdownf, nextdown, nextdownl)(x)
#define fromfp(x, y, z) __tl_real(__tl_as(x), fromfpf, fromfp, fromfpl)(x, y, z)
#define fromfpx(x, y, z) __tl_real(__tl_as(x), fromfpxf, fromfpx, fromfpxl)(x, y, z)
#define ufromfp(x, y, z) __tl_real(__tl_as(x), ufromfpf, ufromfp, ufromfpl)(x, y, z)
#define ufromfpx(x, y, z) __tl_real(__tl_as(x), ufromfpxf, ufromfpx, ufromfpxl)(x, y, z)
#endif
#endif
#endif
