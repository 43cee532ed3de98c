/* isascii and toascii of every int that characters come from. */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>

int main(void) {
  for (int c = -130; c < 400; c++)
    if (!(isascii)(c) != !(c >= 0 && c < 128) || (toascii)(c) != (c & 127)) return printf("%d\n", c), 1;
  return 0;
}
