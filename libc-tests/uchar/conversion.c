/* expect: shared-glibc reads its locales from files */
/* char16_t and char32_t from and to multibyte characters. */
#define _GNU_SOURCE
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <uchar.h>
#include <wchar.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0;
  if (!setlocale(LC_ALL, "C.UTF-8")) return 2;
  mbstate_t s = {0};
  char16_t w;
  char32_t u;
  char b[8];
  CHECK(mbrtoc16(&w, "a", 1, &s) == 1 && w == u'a');
  CHECK(mbrtoc16(&w, "\xe2\x82\xac", 3, &s) == 3 && w == 0x20ac);
  /* A character beyond 16 bits gives two, the second without consuming bytes. */
  CHECK(mbrtoc16(&w, "\xf0\x9f\x98\x80x", 5, &s) == 4 && w == 0xd83d);
  CHECK(mbrtoc16(&w, "x", 1, &s) == (size_t)-3 && w == 0xde00);
  CHECK(mbrtoc16(&w, "x", 1, &s) == 1 && w == u'x');
  CHECK(mbrtoc16(&w, "\xe2\x82", 2, &s) == (size_t)-2 && mbrtoc16(&w, "\xac", 1, &s) == 1 && w == 0x20ac);
  CHECK(mbrtoc16(&w, "", 1, &s) == 0);
  errno = 0;
  CHECK(mbrtoc16(&w, "\xff", 1, &s) == (size_t)-1 && errno == EILSEQ);
  memset(&s, 0, sizeof s);
  CHECK(mbrtoc32(&u, "\xf0\x9f\x98\x80", 4, &s) == 4 && u == 0x1f600);
  CHECK(mbrtoc32(&u, "\xf0\x9f", 2, &s) == (size_t)-2 && mbrtoc32(&u, "\x98\x80", 2, &s) == 2 && u == 0x1f600);
  CHECK(mbrtoc32(&u, "", 1, &s) == 0 && u == 0);
  errno = 0;
  CHECK(mbrtoc32(&u, "\x80", 1, &s) == (size_t)-1 && errno == EILSEQ);
  memset(&s, 0, sizeof s);
  CHECK(c16rtomb(b, u'a', &s) == 1 && b[0] == 'a');
  CHECK(c16rtomb(b, 0xd83d, &s) == 0 && c16rtomb(b, 0xde00, &s) == 4 && !memcmp(b, "\xf0\x9f\x98\x80", 4));
  errno = 0;
  CHECK(c16rtomb(b, 0xde00, &s) == (size_t)-1 && errno == EILSEQ);
  memset(&s, 0, sizeof s);
  CHECK(c16rtomb(NULL, 0, &s) == 1);
  CHECK(c32rtomb(b, 0x20ac, &s) == 3 && !memcmp(b, "\xe2\x82\xac", 3) && c32rtomb(b, 0, &s) == 1 && c32rtomb(NULL, 0, &s) == 1);
  errno = 0;
  CHECK(c32rtomb(b, 0xd800, &s) == (size_t)-1 && errno == EILSEQ);
  return failed;
}
