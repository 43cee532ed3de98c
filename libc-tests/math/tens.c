/* expect: not-glibc has these names for old programs only */
/* Powers of ten by their old names. */
#include <math.h>
#include <stdio.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
extern double pow10(double);
extern float pow10f(float);
extern long double pow10l(long double);

int main(void) {
  int failed = 0;
  CHECK(pow10(3) == 1000 && pow10(-1) == 0.1 && pow10(0) == 1 && pow10(400) == HUGE_VAL && pow10(-400) == 0);
  CHECK(pow10f(3) == 1000 && pow10f(0) == 1 && pow10f(40) == HUGE_VALF && pow10f(-50) == 0);
  CHECK(pow10l(3) == 1000 && pow10l(0) == 1 && pow10l(4000) > 9e3999L && pow10l(5000) == HUGE_VALL);
  CHECK(isnan(pow10(NAN)) && pow10(-HUGE_VAL) == 0);
  return failed;
}
