/* Every function of complex.h in its three precisions, to the digits that all libraries agree on. */
/* expect: not-musl computes its long double functions in double precision */
#include <complex.h>
#include <fenv.h>
#include <math.h>
#include <stdio.h>

static void show(const char *name, int digits, long double complex z) {
  /* The digits beyond the precision of the zero of a sum are noise. */
  long double re = creall(z), im = cimagl(z);
  if (fabsl(re) < 1e-30L) re = copysignl(0, re);
  if (fabsl(im) < 1e-30L) im = copysignl(0, im);
  printf(" %s %.*Lg%+.*Lgi", name, digits, re, digits, im);
}

#define ONE(name, FLOAT, LONG, z)                                                                                                  \
  show(#name, 5, FLOAT((float complex)z)), show("", 12, name((double complex)z)), show("", 15, LONG(z)), puts("")
#define REAL(name, FLOAT, LONG, z)                                                                                                 \
  printf(" " #name " %.5g %.12g %.15Lg\n", FLOAT((float complex)z), name((double complex)z), LONG(z))

/* An infinity in the direction of the smallest angle, which has a sine in all rounding directions (C23 G.6.3.4, G.6.4.1). */
static void smallest_angle(void) {
  static const int directions[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
  for (int i = 0; i < 8; i++) {
    volatile long double angle = i & 1 ? -0x1p-16445L : 0x1p-16445L;
    volatile long double complex z = CMPLXL((long double)INFINITY, angle);
    fesetround(directions[i / 2]);
    volatile long double complex sine = csinhl(z), cosine = ccoshl(z), power = cexpl(z);
    fesetround(FE_TONEAREST);
    printf("%Lg%+Lgi %Lg%+Lgi %Lg%+Lgi\n", creall(sine), cimagl(sine), creall(cosine), cimagl(cosine), creall(power), cimagl(power));
  }
}

/* The poles of the arc tangents: an infinity with an angle of zero in all rounding directions (C23 G.6.3.3). */
static void poles(void) {
  static const int directions[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
  for (int i = 0; i < 16; i++) {
    volatile long double zero = i & 1 ? -0.0L : 0.0L, one = i & 2 ? -1 : 1;
    fesetround(directions[i / 4]);
    volatile long double complex hyperbolic = catanhl(CMPLXL(one, zero)), circular = catanl(CMPLXL(zero, one));
    fesetround(FE_TONEAREST);
    printf("%Lg%+Lgi %Lg%+Lgi\n", creall(hyperbolic), cimagl(hyperbolic), creall(circular), cimagl(circular));
  }
}

int main(void) {
  smallest_angle();
  poles();
  long double complex points[] = {0.5L + 0.25L * I, -1.5L + 2 * I, 3 - 0.125L * I, -0.75L - 4 * I, 1e-3L + 20 * I};
  for (unsigned i = 0; i < sizeof points / sizeof *points; i++) {
    long double complex z = points[i];
    printf("%Lg%+Lgi\n", creall(z), cimagl(z));
    ONE(cacos, cacosf, cacosl, z), ONE(casin, casinf, casinl, z), ONE(catan, catanf, catanl, z), ONE(cacosh, cacoshf, cacoshl, z), ONE(casinh, casinhf, casinhl, z), ONE(catanh, catanhf, catanhl, z);
    ONE(ccos, ccosf, ccosl, z), ONE(csin, csinf, csinl, z), ONE(ctan, ctanf, ctanl, z), ONE(ccosh, ccoshf, ccoshl, z), ONE(csinh, csinhf, csinhl, z), ONE(ctanh, ctanhf, ctanhl, z);
    ONE(cexp, cexpf, cexpl, z), ONE(clog, clogf, clogl, z), ONE(csqrt, csqrtf, csqrtl, z), ONE(conj, conjf, conjl, z), ONE(cproj, cprojf, cprojl, z);
    REAL(cabs, cabsf, cabsl, z), REAL(carg, cargf, cargl, z), REAL(creal, crealf, creall, z), REAL(cimag, cimagf, cimagl, z);
    show("cpow", 4, cpowf(z, 0.5f + I)), show("", 11, cpow(z, 0.5 + I)), show("", 14, cpowl(z, 0.5L + I));
    puts("");
  }
  /* Infinities, and the signs of zeros on a cut. */
  double complex up = CMPLX(-4, 0.0), down = CMPLX(-4, -0.0), far = CMPLX(-INFINITY, NAN);
  printf("%g %g\n", cimag(csqrt(up)), cimag(csqrt(down)));
  printf("%.6g %.6g\n", cimag(clog(up)), cimag(clog(down)));
  printf("%g %g\n", creal(cproj(far)), cimag(cproj(far)));
  printf("%g %g\n", creal(cexp(CMPLX(-INFINITY, INFINITY))), fabs(cimag(cexp(CMPLX(-INFINITY, INFINITY)))));
  printf("%g %g\n", creal(csqrt(CMPLX(NAN, INFINITY))), creal(csqrt(CMPLX(3e307, 4e307))) / 1e154);
  printf("%.9g\n", creal(clog(CMPLX(0.6, 0.8))) * 0 + creal(clog(CMPLX(1 + 0x1p-40, 0))) / 0x1p-40);
  return 0;
}
