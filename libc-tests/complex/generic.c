/* tgmath.h: each macro picks the function of its arguments' type. */
#include <stdio.h>
#include <tgmath.h>

#define TYPE(x)                                                                                                       \
  _Generic((x), float: "float", double: "double", long double: "long double", float _Complex: "float complex",         \
           double _Complex: "double complex", long double _Complex: "long double complex", int: "int", long: "long",  \
           long long: "long long", default: "?")

#define SHOW(x) printf("%s: %s\n", #x, TYPE(x))

int main(void) {
  float f = 0.5f;
  double d = 0.5;
  long double l = 0.5L;
  float complex cf = 0.5f + 1.0f * I;
  double complex cd = 0.5 + 1.0 * I;
  long double complex cl = 0.5L + 1.0L * I;
  int i = 2, out;
  SHOW(sin(f)), SHOW(sin(d)), SHOW(sin(l)), SHOW(sin(cf)), SHOW(sin(cd)), SHOW(sin(cl)), SHOW(sin(i));
  SHOW(sqrt(f)), SHOW(sqrt(cd)), SHOW(exp(cl)), SHOW(log(cf)), SHOW(acosh(l)), SHOW(atanh(cd));
  SHOW(pow(f, f)), SHOW(pow(f, d)), SHOW(pow(i, f)), SHOW(pow(cf, l)), SHOW(pow(d, cf));
  SHOW(fabs(f)), SHOW(fabs(cd)), SHOW(fabs(cl));
  SHOW(atan2(f, f)), SHOW(fmod(l, f)), SHOW(hypot(f, i)), SHOW(fma(f, f, d)), SHOW(cbrt(i)), SHOW(copysign(f, l));
  SHOW(lrint(f)), SHOW(llround(l)), SHOW(ilogb(d)), SHOW(ldexp(f, 2)), SHOW(frexp(l, &out)), SHOW(remquo(f, d, &out));
  SHOW(scalbn(f, 1)), SHOW(scalbln(l, 1L)), SHOW(nextafter(f, f)), SHOW(tgamma(f)), SHOW(nearbyint(l));
  SHOW(carg(cf)), SHOW(cimag(cl)), SHOW(conj(cd)), SHOW(cproj(cf)), SHOW(creal(cf));
  printf("%.6g %.6g %.6Lg\n", sqrt(2.0f), cbrt(8), creal(exp(cl)));
  printf("%.6g %.6g\n", creal(sin(cd)), cimag(sin(cd)));
  return 0;
}
