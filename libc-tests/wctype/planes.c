/* expect: not-musl its tables are of another version of Unicode
 * expect: shared-glibc has C.UTF-8 in a file */
/* Characters beyond the first plane and at the edges of classes: digits of other scripts are letters, what is no character has
 * no class and no case, letters with an iota have a simple upper case, and widths. */
#define _GNU_SOURCE
#include <locale.h>
#include <stdio.h>
#include <wchar.h>
#include <wctype.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0;
  CHECK(setlocale(LC_ALL, "C.UTF-8") != NULL);
  static const wint_t zeros[] = {0x660, 0xff10, 0x104a0, 0x10d30, 0x11066, 0x1d7ce, 0x1e950, 0x1fbf0};
  for (unsigned i = 0; i < sizeof zeros / sizeof *zeros; i++)
    for (wint_t c = zeros[i]; c < zeros[i] + 10; c++) CHECK(iswalpha(c) && iswalnum(c) && !iswdigit(c) && !iswpunct(c));
  /* A class of letters is printable (ISO C 7.32.2): no code point is a letter that is not. */
  for (wint_t c = 0; c < 0x110000; c++)
    if ((iswalpha(c) || iswupper(c) || iswlower(c)) && !iswprint(c)) {
      printf("%x is a letter and not printable\n", c);
      failed = 1;
      break;
    }
  for (wint_t c = 0x1f80; c < 0x1fb0; c++) CHECK(towupper(c) == (c | 8) && towlower(c) == (c & ~8u));
  CHECK(towupper(0x1fb3) == 0x1fbc && towupper(0x1fc3) == 0x1fcc && towupper(0x1ff3) == 0x1ffc && towlower(0x1fbc) == 0x1fb3);
  CHECK(towupper(0xdf) == 0xdf && towupper(0x149) == 0x149 && towupper(0x1e9e) == 0x1e9e);
  CHECK(wcwidth(0xd7b0) == 0 && wcwidth(0xd7fb) == 0 && wcwidth(0x1160) == 0 && wcwidth(0xac00) == 2);
  CHECK(wcwidth(0x600) == 1 && wcwidth(0x6dd) == 1 && wcwidth(0x110bd) == 1 && wcwidth(0x200b) == 0);
  CHECK(wcwidth(0x4dc0) == 2 && wcwidth(0x3248) == 2 && wcwidth(0x20) == 1 && wcwidth(0x40000) == -1);
  return failed;
}
