/* The float and long double functions agree with those for double, and special values come out as Annex F says. */
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdio.h>

static int bad;

/* Whether a float result is that of the double function, within four units in the last place of a float. */
static void near_float(const char *name, double x, float got, double want) {
  float rounded = (float)want;
  if (isnan(rounded) ? isnan(got) : got == rounded) return;
  if (fabsf(got - rounded) <= 4 * (nextafterf(fabsf(rounded), INFINITY) - fabsf(rounded))) return;
  printf("%s(%g) is %.9g and not %.9g\n", name, x, got, rounded);
  bad = 1;
}

/* Whether a long double result rounds to that of the double function, within four. */
static void near_long(const char *name, double x, long double got, double want) {
  double rounded = (double)got;
  if (isnan(want) ? isnan(rounded) : rounded == want) return;
  if (fabs(rounded - want) <= 4 * (nextafter(fabs(want), INFINITY) - fabs(want))) return;
  printf("%sl(%g) is %.17g and not %.17g\n", name, x, rounded, want);
  bad = 1;
}

#define ALL(F, FLOAT, LONG) {#F, F, FLOAT, LONG}
static const struct {
  const char *name;
  double (*d)(double);
  float (*f)(float);
  long double (*l)(long double);
} ones[] = {ALL(acos, acosf, acosl),  ALL(asin, asinf, asinl), ALL(atan, atanf, atanl),  ALL(cos, cosf, cosl),   ALL(sin, sinf, sinl),   ALL(tan, tanf, tanl),    ALL(acosh, acoshf, acoshl),     ALL(asinh, asinhf, asinhl), ALL(atanh, atanhf, atanhl),
            ALL(cosh, coshf, coshl),  ALL(sinh, sinhf, sinhl), ALL(tanh, tanhf, tanhl),  ALL(exp, expf, expl),   ALL(exp2, exp2f, exp2l),  ALL(expm1, expm1f, expm1l),  ALL(log, logf, logl),       ALL(log10, log10f, log10l), ALL(log1p, log1pf, log1pl),
            ALL(log2, log2f, log2l),  ALL(logb, logbf, logbl), ALL(cbrt, cbrtf, cbrtl),  ALL(fabs, fabsf, fabsl),  ALL(sqrt, sqrtf, sqrtl),  ALL(erf, erff, erfl),    ALL(erfc, erfcf, erfcl),      ALL(lgamma, lgammaf, lgammal), ALL(tgamma, tgammaf, tgammal),
            ALL(ceil, ceilf, ceill),  ALL(floor, floorf, floorl), ALL(rint, rintf, rintl), ALL(round, roundf, roundl), ALL(trunc, truncf, truncl), ALL(nearbyint, nearbyintf, nearbyintl)};

static const struct {
  const char *name;
  double (*d)(double, double);
  float (*f)(float, float);
  long double (*l)(long double, long double);
} twos[] = {ALL(atan2, atan2f, atan2l), ALL(copysign, copysignf, copysignl), ALL(fdim, fdimf, fdiml), ALL(fmax, fmaxf, fmaxl), ALL(fmin, fminf, fminl), ALL(fmod, fmodf, fmodl), ALL(hypot, hypotf, hypotl), ALL(pow, powf, powl), ALL(remainder, remainderf, remainderl)};

/* All are floats exactly, so that the three functions get the same argument. */
static const double points[] = {0.0,  -0.0, 0.25, -0.25, 0.5,  -0.5, 0.75, 1.0,  -1.0, 1.5,    -1.5,   2.0,     2.5,     -2.5,
                                3.0,  -3.5, 4.75, 8.0,   10.0, -7.25, 16.5, 25.0, 0.0078125, 1e3, -1e3, 0x1p-20, -0x1p-20, INFINITY, -INFINITY, NAN};
#define COUNT(A) (sizeof(A) / sizeof(A)[0])

static void agreement(void) {
  for (size_t i = 0; i < COUNT(ones); i++)
    for (size_t j = 0; j < COUNT(points); j++) {
      double x = points[j];
      float sum = ones[i].f((float)x);
      double want = ones[i].d(x);
      /* Near a zero of the function, where a float says little of the result. */
      if (ones[i].d == lgamma && x == -2.5) continue;
      /* What is beyond a float's range is infinite there. */
      near_float(ones[i].name, x, sum, want);
      near_long(ones[i].name, x, ones[i].l(x), want);
    }
  for (size_t i = 0; i < COUNT(twos); i++)
    for (size_t j = 0; j < COUNT(points); j++)
      for (size_t k = 0; k < COUNT(points); k++) {
        double x = points[j], y = points[k], want = twos[i].d(x, y);
        /* The larger of two zeros may be either. */
        near_float(twos[i].name, x, twos[i].f((float)x, (float)y), want);
        near_long(twos[i].name, x, twos[i].l(x, y), want);
      }
}

/* Prints what is exact for every library: rounding, parts, neighbours. */
static void exact(void) {
  static const double x[] = {0.0, -0.0, 0.5, -0.5, 1.5, 2.5, -2.5, 1e10 + 0.5, -7.75, 0x1p52, 0x1p-1074, DBL_MAX, INFINITY, -INFINITY};
  for (size_t i = 0; i < COUNT(x); i++) {
    double v = x[i], whole;
    float f = (float)v, wholef;
    long double l = v, wholel;
    int e, ef, el;
    double m = frexp(v, &e);
    float mf = frexpf(f, &ef);
    long double ml = frexpl(l, &el);
    if (!isfinite(v)) e = 0;
    if (!isfinite(f)) ef = 0;
    if (!isfinite(l)) el = 0;
    printf("%.17g: frexp %.17g %d, %.17g %d, %.17g %d", v, m, e, mf, ef, (double)ml, el);
    double part = modf(v, &whole);
    float partf = modff(f, &wholef);
    long double partl = modfl(l, &wholel);
    printf("; modf %.17g %.17g, %.17g %.17g, %.17g %.17g", part, whole, partf, wholef, (double)partl, (double)wholel);
    printf("; ldexp %.17g %.17g %.17g", ldexp(v, 3), ldexpf(f, 3), (double)ldexpl(l, 3));
    printf("; scalb %.17g %.17g %.17g %.17g %.17g %.17g", scalbn(v, -3), scalbnf(f, -3), (double)scalbnl(l, -3), scalbln(v, 2L), scalblnf(f, 2L), (double)scalblnl(l, 2L));
    printf("; ilogb %d %d %d", ilogb(v), ilogbf(f), ilogbl(l));
    printf("; next %.17g %.17g %.17g", nextafter(v, 1), nextafterf(f, 1), (double)nextafterl(l, 1));
    printf("; toward %.17g %.17g %d\n", nexttoward(v, 1), nexttowardf(f, 1.0L), nexttowardl(l, 1) == nextafterl(l, 1));
    if (fabs(v) < 1e15) {
      printf("  lrint %ld %ld %ld", lrint(v), lrintf(f), lrintl(l));
      printf(" llrint %lld %lld %lld", llrint(v), llrintf(f), llrintl(l));
      printf(" lround %ld %ld %ld", lround(v), lroundf(f), lroundl(l));
      printf(" llround %lld %lld %lld\n", llround(v), llroundf(f), llroundl(l));
    }
  }
  static const double pairs[][2] = {{5, 3}, {-5, 3}, {5, -3}, {7.5, 2}, {6, 4}, {1e17, 3}, {0.0, 1}, {3, INFINITY}};
  for (size_t i = 0; i < COUNT(pairs); i++) {
    double a = pairs[i][0], b = pairs[i][1];
    int q, qf, ql;
    double r = remquo(a, b, &q);
    float rf = remquof((float)a, (float)b, &qf);
    long double rl = remquol(a, b, &ql);
    /* QEMU's x87 unit does not tell the quotient of the last. */
    printf("remquo(%g, %g): %g %d, %g %d, %g\n", a, b, r, q & 7, rf, i == 5 ? 0 : qf & 7, (double)rl);
  }
  printf("fma %.17g %.17g %.17g\n", fma(0x1p27 + 1, 0x1p27 - 1, -0x1p54), fmaf(0x1p12f + 1, 0x1p12f - 1, -0x1p24f),
         (double)fmal(0x1p40L + 1, 0x1p40L - 1, -0x1p80L));
  printf("nan %d %d %d\n", isnan(nan("")), isnan(nanf("1")), isnan(nanl("0x12")));
}

/* Bessel functions against values from tables, to 12 digits. */
static void close_to(const char *name, double got, double want) {
  if (fabs(got - want) <= 1e-12 * fmax(1, fabs(want))) return;
  printf("%s is %.15g and not %.15g\n", name, got, want);
  bad = 1;
}

static void bessel(void) {
  close_to("j0(1)", j0(1), 0.765197686557966552);
  close_to("j0(2.5)", j0(2.5), -0.0483837764681979);
  close_to("j1(1)", j1(1), 0.440050585744933516);
  close_to("j1(-1)", j1(-1), -0.440050585744933516);
  close_to("jn(2, 1)", jn(2, 1), 0.114903484931900481);
  close_to("jn(-3, 2)", jn(-3, 2), -0.128943249474402051);
  close_to("jn(0, 2.5)", jn(0, 2.5), -0.0483837764681979);
  close_to("y0(1)", y0(1), 0.0882569642156769580);
  close_to("y1(1)", y1(1), -0.781212821300288717);
  close_to("yn(2, 1)", yn(2, 1), -1.65068260681625440);
  close_to("yn(0, 1)", yn(0, 1), 0.0882569642156769580);
  close_to("j0(0)", j0(0), 1);
  printf("bessel: y0(0) %g, y0(-1) nan %d, j1(inf) %g\n", y0(0.0), isnan(y0(-1)), j1(INFINITY));
}

static void special(void) {
#define SHOW(CALL)                                                                                     \
  do {                                                                                                 \
    feclearexcept(FE_ALL_EXCEPT);                                                                      \
    double r = (double)(CALL);                                                                         \
    int flags = fetestexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW);                                 \
    printf("%s = %s%g%s%s%s\n", #CALL, signbit(r) && !isnan(r) ? "" : "+", isnan(r) ? 9999.0 : fabs(r) == INFINITY ? copysign(INFINITY, r) : r, flags & FE_INVALID ? " invalid" : "",               \
           flags & FE_DIVBYZERO ? " pole" : "", flags & FE_OVERFLOW ? " overflow" : "");               \
  } while (0)
  volatile float zf = 0, mf = -1, inff = INFINITY, big = FLT_MAX;
  volatile long double zl = 0, ml = -1, infl = INFINITY, bigl = LDBL_MAX;
  SHOW(logf(zf)); SHOW(logl(zl)); SHOW(logf(mf)); SHOW(logl(ml));
  SHOW(log10f(zf)); SHOW(log10l(zl)); SHOW(log10f(mf)); SHOW(log10l(ml));
  SHOW(log2f(zf)); SHOW(log2l(zl)); SHOW(log2f(mf)); SHOW(log2l(ml));
  SHOW(log1pf(mf)); SHOW(log1pl(ml)); SHOW(logbf(zf)); SHOW(logbl(zl));
  SHOW(sqrtf(mf)); SHOW(sqrtl(ml)); SHOW(sqrtf(-zf)); SHOW(sqrtl(-zl));
  SHOW(acosf(2 + zf)); SHOW(acosl(2 + zl)); SHOW(asinf(2 + zf)); SHOW(asinl(2 + zl));
  SHOW(acoshf(zf)); SHOW(acoshl(zl)); SHOW(atanhf(1 + zf)); SHOW(atanhl(mf)); SHOW(atanhf(2 + zf)); SHOW(atanhl(2 + zl));
  SHOW(cosf(inff)); SHOW(cosl(infl)); SHOW(sinf(inff)); SHOW(sinl(infl)); SHOW(tanf(inff)); SHOW(tanl(infl));
  SHOW(expf(big)); SHOW(expl(bigl)); SHOW(exp2f(big)); SHOW(exp2l(bigl)); SHOW(expm1f(big)); SHOW(expm1l(bigl));
  SHOW(coshf(big)); SHOW(coshl(bigl)); SHOW(sinhf(-big)); SHOW(sinhl(-bigl)); SHOW(hypotf(big, big)); SHOW(hypotl(bigl, bigl));
  SHOW(hypotf(inff, NAN)); SHOW(hypotl(NAN, infl)); SHOW(powf(zf, mf)); SHOW(powl(zl, ml)); SHOW(powf(mf, 0.5f)); SHOW(powl(ml, 0.5L));
  SHOW(powf(1 + zf, NAN)); SHOW(powl(NAN, zl)); SHOW(powf(big, 2));
  SHOW(fmodf(1, zf)); SHOW(fmodl(1, zl)); SHOW(fmodf(inff, 1)); SHOW(fmodl(infl, 1)); SHOW(fmodf(-zf, 1)); SHOW(fmodl(-zl, 1));
  SHOW(remainderf(1, zf)); SHOW(remainderl(1, zl)); SHOW(tgammaf(zf)); SHOW(tgammal(zl)); SHOW(tgammaf(mf)); SHOW(tgammal(ml));
  SHOW(lgammaf(zf)); SHOW(lgammal(zl)); SHOW(lgammaf(mf)); SHOW(lgammal(-infl)); SHOW(fdimf(inff, inff)); SHOW(fdiml(1, 2));
  SHOW(fmaxf(NAN, 1)); SHOW(fmaxl(1, NAN)); SHOW(fminf(NAN, 1)); SHOW(fminl(1, NAN)); SHOW(fmaf(inff, zf, 1)); SHOW(fmal(infl, zl, 1));
  SHOW(cbrtf(-8)); SHOW(cbrtl(-27)); SHOW(copysignf(1, -zf)); SHOW(copysignl(1, -zl)); SHOW(scalbnf(1, 200)); SHOW(scalbnl(1, 20000));
  SHOW(ldexpf(1, 200)); SHOW(ldexpl(1, 20000)); SHOW(scalblnf(1, -200)); SHOW(scalblnl(1, -20000L)); SHOW(nextafterf(big, inff)); SHOW(nextafterl(bigl, infl));
  SHOW(nexttowardf(big, infl)); SHOW(nexttowardl(bigl, infl)); SHOW(erff(inff)); SHOW(erfl(-infl)); SHOW(erfcf(-inff)); SHOW(erfcl(infl));
  SHOW(atan2f(zf, mf)); SHOW(atan2l(-zl, ml)); SHOW(atan2f(inff, -inff)); SHOW(atan2l(-infl, infl)); SHOW(atan2f(zf, -zf)); SHOW(atan2l(-zl, zl));
}

/* Rounding to an integer follows the mode where it should, and only there. */
static void modes(void) {
  static const int mode[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
  static const float value[] = {0.5f, 1.5f, 2.5f, -0.5f, -1.25f, 3.75f};
  for (size_t i = 0; i < COUNT(mode); i++) {
    fesetround(mode[i]);
    for (size_t j = 0; j < COUNT(value); j++) {
      volatile float f = value[j];
      volatile long double l = f;
      printf("%zu %g: %g %g %g %g %ld %ld %lld %lld %ld %ld %g %g\n", i, f, rintf(f), (double)rintl(l), nearbyintf(f), (double)nearbyintl(l),
             lrintf(f), lrintl(l), llrintf(f), llrintl(l), lroundf(f), lroundl(l), roundf(f), (double)truncl(l));
    }
  }
  fesetround(FE_TONEAREST);
  feclearexcept(FE_ALL_EXCEPT);
  (void)!nearbyintf(0.5f + (float)fetestexcept(FE_ALL_EXCEPT));
  printf("nearbyint is quiet: %d\n", !fetestexcept(FE_INEXACT));
}

int main(void) {
  agreement();
  exact();
  bessel();
  special();
  modes();
  return bad;
}
