/* math.h: ISO C 7.12, POSIX.1. */
#ifndef _MATH_H
#define _MATH_H 1
#include <features.h>
#ifdef __TINYC__ /* it has no built-in functions for these */
#define HUGE_VAL 1e500
#else
#define HUGE_VAL (__builtin_huge_val())
#endif
#if __TL_C99
#ifdef __TINYC__
#define HUGE_VALF 1e50f
#define HUGE_VALL 1e5000L
#define INFINITY 1e50f
#define NAN (0.0f / 0.0f)
#else
#define HUGE_VALF (__builtin_huge_valf())
#define HUGE_VALL (__builtin_huge_vall())
#define INFINITY (__builtin_inff())
#define NAN (__builtin_nanf(""))
#endif
#define FP_NAN 0
#define FP_INFINITE 1
#define FP_ZERO 2
#define FP_SUBNORMAL 3
#define FP_NORMAL 4
#define FP_ILOGB0 (-2147483647 - 1)
#define FP_ILOGBNAN (-2147483647 - 1)
#define MATH_ERRNO 1
#define MATH_ERREXCEPT 2
#define math_errhandling MATH_ERREXCEPT
#if __TL_C23 || defined __STDC_WANT_IEC_60559_BFP_EXT__ || defined __STDC_WANT_IEC_60559_EXT__
#define FP_LLOGB0 (-0x7fffffffffffffffL - 1)
#define FP_LLOGBNAN (-0x7fffffffffffffffL - 1)
#define FP_INT_UPWARD 0
#define FP_INT_DOWNWARD 1
#define FP_INT_TOWARDZERO 2
#define FP_INT_TONEARESTFROMZERO 3
#define FP_INT_TONEAREST 4
#endif
typedef float float_t;
typedef double double_t;
#endif
__BEGIN_DECLS
/*@ functions acos asin atan atan2 cos sin tan cosh sinh tanh exp frexp ldexp log log10 modf pow sqrt ceil
fabs floor fmod */
#if __TL_C99
/*@ functions acosh asinh atanh exp2 expm1 ilogb log1p log2 logb scalbn scalbln cbrt hypot erf erfc lgamma
tgamma nearbyint rint lrint llrint round lround llround trunc remainder remquo copysign nan
nextafter nexttoward fdim fmax fmin fma */
/*@ functions acosf asinf atanf atan2f cosf sinf tanf coshf sinhf tanhf expf frexpf ldexpf logf log10f modff
powf sqrtf ceilf fabsf floorf fmodf */
/*@ functions acoshf asinhf atanhf exp2f expm1f ilogbf log1pf log2f logbf scalbnf scalblnf cbrtf hypotf erff
erfcf lgammaf tgammaf nearbyintf rintf lrintf llrintf roundf lroundf llroundf truncf remainderf
remquof copysignf nanf nextafterf nexttowardf fdimf fmaxf fminf fmaf */
/*@ functions acosl asinl atanl atan2l cosl sinl tanl coshl sinhl tanhl expl frexpl ldexpl logl log10l modfl
powl sqrtl ceill fabsl floorl fmodl */
/*@ functions acoshl asinhl atanhl exp2l expm1l ilogbl log1pl log2l logbl scalbnl scalblnl cbrtl hypotl erfl
erfcl lgammal tgammal nearbyintl rintl lrintl llrintl roundl lroundl llroundl truncl remainderl
remquol copysignl nanl nextafterl nexttowardl fdiml fmaxl fminl fmal */
/*@ functions __fpclassify __fpclassifyf __fpclassifyl __signbit __signbitf __signbitl __isnan
__isnanf __isnanl __isinf __isinff __isinfl __finite __finitef __finitel */
#ifdef __TINYC__
#define __tl_by_size(name, x) \
  (sizeof(x) == sizeof(float) ? name##f(x) : sizeof(x) == sizeof(double) ? name(x) : name##l(x))
#define fpclassify(x) __tl_by_size(__fpclassify, x)
#define isfinite(x) __tl_by_size(__finite, x)
#define isnormal(x) (fpclassify(x) == FP_NORMAL)
#define isnan(x) __tl_by_size(__isnan, x)
#define isinf(x) __tl_by_size(__isinf, x)
#define signbit(x) __tl_by_size(__signbit, x)
#define isgreater(x, y) (!isunordered(x, y) && (x) > (y))
#define isgreaterequal(x, y) (!isunordered(x, y) && (x) >= (y))
#define isless(x, y) (!isunordered(x, y) && (x) < (y))
#define islessequal(x, y) (!isunordered(x, y) && (x) <= (y))
#define islessgreater(x, y) (!isunordered(x, y) && (x) != (y))
#define isunordered(x, y) (isnan(x) || isnan(y))
#else
#define fpclassify(x) \
  __builtin_fpclassify(FP_NAN, FP_INFINITE, FP_NORMAL, FP_SUBNORMAL, FP_ZERO, x)
#define isfinite(x) __builtin_isfinite(x)
#define isnormal(x) __builtin_isnormal(x)
#define isnan(x) __builtin_isnan(x)
#define isinf(x) __builtin_isinf_sign(x)
#ifdef __clang__
#define signbit(x) __builtin_signbit(x)
#else
#define signbit(x) \
  (sizeof(x) == sizeof(float) ? __builtin_signbitf(x) \
   : sizeof(x) == sizeof(double) ? __builtin_signbit(x) : __builtin_signbitl(x))
#endif
#define isgreater(x, y) __builtin_isgreater(x, y)
#define isgreaterequal(x, y) __builtin_isgreaterequal(x, y)
#define isless(x, y) __builtin_isless(x, y)
#define islessequal(x, y) __builtin_islessequal(x, y)
#define islessgreater(x, y) __builtin_islessgreater(x, y)
#define isunordered(x, y) __builtin_isunordered(x, y)
#endif
#endif
#if __TL_XSI || __TL_MISC
/*@ functions j0 j1 jn y0 y1 yn signgam */
#define M_E 2.7182818284590452354
#define M_LOG2E 1.4426950408889634074
#define M_LOG10E 0.43429448190325182765
#define M_LN2 0.69314718055994530942
#define M_LN10 2.30258509299404568402
#define M_PI 3.14159265358979323846
#define M_PI_2 1.57079632679489661923
#define M_PI_4 0.78539816339744830962
#define M_1_PI 0.31830988618379067154
#define M_2_PI 0.63661977236758134308
#define M_2_SQRTPI 1.12837916709551257390
#define M_SQRT2 1.41421356237309504880
#define M_SQRT1_2 0.70710678118654752440
#define MAXFLOAT 3.40282347e+38F
#endif
#if __TL_MISC
/*@ functions finite finitef finitel isinff isnanf isinfl isnanl drem dremf dreml significand
significandf significandl scalb scalbf scalbl gamma gammaf gammal lgamma_r lgammaf_r lgammal_r j0f j1f
jnf y0f y1f ynf */
#endif
#if __TL_GNU
#define M_El 2.718281828459045235360287471352662498L
#define M_LOG2El 1.442695040888963407359924681001892137L
#define M_LOG10El 0.434294481903251827651128918916605082L
#define M_LN2l 0.693147180559945309417232121458176568L
#define M_LN10l 2.302585092994045684017991454684364208L
#define M_PIl 3.141592653589793238462643383279502884L
#define M_PI_2l 1.570796326794896619231321691639751442L
#define M_PI_4l 0.785398163397448309615660845819875721L
#define M_1_PIl 0.318309886183790671537767526745028724L
#define M_2_PIl 0.636619772367581343075535053490057448L
#define M_SQRT2l 1.414213562373095048801688724209698079L
#define M_SQRT1_2l 0.707106781186547524400844362104849039L
/*@ functions exp10 exp10f exp10l pow10 pow10f sincos sincosf sincosl */
#endif
#if __TL_C23 || defined __STDC_WANT_IEC_60559_BFP_EXT__ || defined __STDC_WANT_IEC_60559_EXT__
/*@ functions roundeven roundevenf roundevenl llogb llogbf llogbl nextup nextupf nextupl nextdown nextdownf
nextdownl fromfp fromfpf fromfpl fromfpx fromfpxf fromfpxl ufromfp ufromfpf ufromfpl ufromfpx ufromfpxf
ufromfpxl */
#endif
__END_DECLS
#endif
