/* expect: not-glibc has these functions from 2.38 on
   expect: not-musl does not have them
   wcslcpy and wcslcat return the length that was wanted and always end what they store. */
#define _GNU_SOURCE
#include <stdio.h>
#include <wchar.h>
#include <string.h>

int main(void) {
  wchar_t b[6] = L"?????";
  char c[6] = "?????";
  printf("%zu %ls\n", wcslcpy(b, L"abc", 6), b);
  printf("%zu %ls\n", wcslcat(b, L"defgh", 6), b);
  printf("%zu %ls\n", wcslcpy(b, L"0123456789", 3), b);
  printf("%zu %ls\n", wcslcpy(b, L"x", 0), b);
  printf("%zu\n", wcslcat(b, L"xyz", 1));
  printf("%zu %s\n", strlcpy(c, "abc", 6), c);
  printf("%zu %s\n", strlcat(c, "defgh", 6), c);
  printf("%zu %s\n", strlcpy(c, "0123456789", 3), c);
  printf("%zu %s\n", strlcpy(c, "x", 0), c);
  printf("%zu\n", strlcat(c, "xyz", 1));
  return 0;
}
