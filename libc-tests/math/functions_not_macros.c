/* expect: not-musl it has the macro only */
/* isinf as a function tells the sign. */
#include <stdio.h>
extern int (isinf)(double);

int main(void) {
  double infinity = 1e308 * 10, nan = infinity - infinity;
  printf("%d %d %d %d\n", (isinf)(infinity), (isinf)(-infinity), (isinf)(1), (isinf)(nan));
  return 0;
}
