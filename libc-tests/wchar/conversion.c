/* expect: shared-glibc reads its locales from files */
/* UTF-8: characters, errors, characters in pieces, widths and case. */
#define _GNU_SOURCE
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

int main(void) {
  setlocale(LC_ALL, "C.UTF-8");
  static const char *inputs[] = {"A", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xc0\x80", "\xed\xa0\x80",
                                 "\xff", "\xe2\x82", ""};
  for (int i = 0; i < 9; i++) {
    mbstate_t state;
    wchar_t wide = 0x7777;
    memset(&state, 0, sizeof state);
    errno = 0;
    long result = (long)mbrtowc(&wide, inputs[i], strlen(inputs[i]) + (i == 8), &state);
    printf("%ld %x %d\n", result, result >= 0 ? (unsigned)wide : 0, errno == EILSEQ);
  }
  mbstate_t state;
  memset(&state, 0, sizeof state);
  wchar_t wide;
  printf("%d ", (int)mbrtowc(&wide, "\xe2", 1, &state));
  printf("%d ", (int)mbrtowc(&wide, "\x82", 1, &state));
  printf("%d ", mbsinit(&state));
  int length = mbrtowc(&wide, "\xac", 1, &state);
  printf("%d %x %d\n", length, (unsigned)wide, mbsinit(&state) != 0);
  char bytes[16];
  printf("%d %d\n", (int)wcrtomb(bytes, 0x20ac, 0), (int)wcrtomb(bytes, 0xd800, 0));
  wchar_t text[16];
  int count = mbstowcs(text, "h\xc3\xa9llo", 16);
  printf("%d %d\n", count, (int)wcslen(text));
  printf("%d\n", (int)wcstombs(bytes, text, 16));
  printf("%d %d %d %d\n", wcwidth(L'a'), wcwidth(0x4e2d), wcwidth(0x301), wcwidth(7));
  printf("%x %x %d %d\n", (unsigned)towupper(0xe9), (unsigned)towlower(0x416), iswalpha(0x416) != 0, iswspace(0x3000) != 0);
  printf("%d %d\n", wcscmp(L"abc", L"abd") < 0, wcsstr(L"hello", L"ll") != 0);
  return 0;
}
