/* expect: not-musl has no strfromd, and fewer digits in ecvt */
/* strfromd and its relatives; ecvt, fcvt, gcvt. */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  char text[400];
  const char *formats[] = {"%g", "%.3f", "%.10e", "%a", "%.0f", "%G", "%.20g"};
  for (int i = 0; i < 7; i++) {
    int d = strfromd(text, sizeof text, formats[i], 1234.0625);
    printf("%s: %d %s", formats[i], d, text);
    d = strfromf(text, sizeof text, formats[i], 0.1f);
    printf(" | %d %s", d, text);
    d = strfroml(text, sizeof text, formats[i], 0.1L);
    printf(" | %d %s\n", d, text);
  }
  printf("%d %s\n", strfromd(text, 4, "%.3f", 3.14159), text);
  printf("%d %s\n", strfromd(text, sizeof text, "%f", -INFINITY), text);
  printf("%d\n", strfromd(NULL, 0, "%f", 1e300));
  double numbers[] = {0, 1, -1, 123.456, 0.00123, 99.91, 1e20, 5e-324, 0.5, 9.995, -0.0};
  for (int i = 0; i < 11; i++)
    for (int digits = 0; digits < 16; digits += 3) {
      int point, sign;
      char *e = ecvt(numbers[i], digits, &point, &sign);
      /* With no digits asked for, the place of the point is anything. */
      if (digits) printf("%g %d: ecvt %s %d %d", numbers[i], digits, e, point, sign);
      char *f = fcvt(numbers[i], digits, &point, &sign);
      if (numbers[i] >= 1) printf(" fcvt %s %d %d", f, point, sign);
      if (digits) printf(" gcvt %s", gcvt(numbers[i], digits, text));
      puts("");
    }
  return 0;
}
