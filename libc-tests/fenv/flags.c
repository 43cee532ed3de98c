/* Exception flags and rounding modes, for double and long double. */
#include <fenv.h>
#include <math.h>
#include <stdio.h>

int main(void) {
  volatile double zero = 0, one = 1, three = 3;
  volatile long double longer = 2.5L;
  feclearexcept(FE_ALL_EXCEPT);
  volatile double x = one / zero;
  printf("%d\n", fetestexcept(FE_DIVBYZERO) != 0);
  x = zero / zero;
  printf("%d\n", fetestexcept(FE_INVALID) != 0);
  feclearexcept(FE_ALL_EXCEPT);
  x = one / three;
  printf("%d %d\n", fetestexcept(FE_INEXACT) != 0, fetestexcept(FE_ALL_EXCEPT & ~FE_INEXACT));
  static const int modes[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
  for (int i = 0; i < 4; i++) {
    fesetround(modes[i]);
    printf("%d %g %g %Lg %ld\n", fegetround() == modes[i], rint(2.5), rint(-2.5), rintl(longer), lrint(-1.5));
  }
  fesetround(FE_TONEAREST);
  fenv_t held;
  feholdexcept(&held);
  x = one / zero;
  feupdateenv(&held);
  printf("%d %d\n", fetestexcept(FE_DIVBYZERO) != 0, fetestexcept(FE_INEXACT) != 0);
  fesetenv(FE_DFL_ENV);
  printf("%d\n", fetestexcept(FE_ALL_EXCEPT));
  return x == 0;
}
