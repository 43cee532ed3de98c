/* expect: shared-glibc it takes quotients from the x87 unit, which QEMU leaves out */
/* Values of math.h to ten digits, and exact ones. */
#include <math.h>
#include <stdio.h>

int main(void) {
  for (double x = -3.5; x < 4; x += 0.75) {
    printf("%g: %.10g %.10g %.10g %.10g %.10g %.10g\n", x, sin(x), exp(x), cbrt(x), tanh(x), erf(x), atan2(x, 2));
    printf("  %g %g %g %g %ld %ld\n", floor(x), ceil(x), trunc(x), round(x), lrint(x), lround(x));
    printf("  %.10Lg %.10Lg %.10Lg %.10Lg\n", sinl(x), expl(x), cbrtl(x), tanhl(x));
    printf("  %.5Lg %.5Lg %.5Lg %ld\n", floorl(x), ceill(x), roundl(x), lrintl(x));
  }
  int exponent, quotient;
  double part, f = frexp(10.0, &exponent);
  printf("%g %d %g %g\n", f, exponent, ldexp(f, exponent), modf(-3.25, &part));
  long double longer = frexpl(10.0L, &exponent);
  printf("%Lg %d %g\n", longer, exponent, part);
  printf("%.15g %.15g %.15g\n", pow(2, 0.5), sqrt(2), hypot(3, 4));
  printf("%.18Lg %.18Lg %.18Lg\n", powl(2, 0.5L), sqrtl(2), hypotl(3, 4));
  printf("%a %a %d\n", nextafter(1, 2), fma(0x1p-30, 0x1p-30, 1.0), nextafterl(1, 2) - 1 == 0x1p-63L);
  double rest = remquo(10, 3, &quotient);
  printf("%g %g %d\n", rest, remainder(10, 4), quotient);
  printf("%.10g %.10g %.10g %.10g\n", tgamma(5), lgamma(10), log1p(1e-10), expm1(1e-10));
  printf("%d %d %d %d %d\n", fpclassify(0.0), fpclassify(1e-310), fpclassify(1.0), fpclassify(INFINITY), fpclassify(NAN));
  printf("%d %d %d\n", ilogb(1024.5), ilogb(0x1p-1070), isnan(sqrt(-1.0)) != 0);
  printf("%g %g %g %g\n", fmod(7.5, -2), fmax(NAN, 1), fmin(-0.0, 3), copysign(2, -1));
  printf("%.10Lg %.10Lg %.10Lg\n", lgammal(0x1p-16382L), lgammal(-0x1p-16382L), lgammal(-0x1p-16000L));
  printf("%Lg %Lg %Lg %Lg\n", powl(1756, -11400), powl(1756, 11400), powl(3, 1e300L), exp2l(-100000));
  return 0;
}
