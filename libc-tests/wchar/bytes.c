/* expect: not-glibc in its C locale bytes from 128 on are no characters, as POSIX let them be before 2024
   In the C locale every byte is a character (POSIX.1-2024 6.2): conversions, streams and formats keep it. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uchar.h>
#include <wchar.h>
#include <wctype.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

static int failed;

static void characters(void) {
  mbstate_t s = {0};
  for (int i = 1; i < 256; i++) {
    char c = (char)i, back[8] = "";
    wchar_t w = 0;
    char16_t u16 = 0;
    char32_t u32 = 0;
    CHECK(mbrtowc(&w, &c, 1, &s) == 1 && mbsinit(&s) && mbrlen(&c, 1, &s) == 1);
    CHECK(wcrtomb(back, w, &s) == 1 && back[0] == c);
    CHECK(btowc(i) == (wint_t)w && wctob(w) == i);
    CHECK(mbtowc(NULL, &c, 1) == 1 && mblen(&c, 1) == 1 && wctomb(back, w) == 1 && back[0] == c);
    CHECK(mbrtoc16(&u16, &c, 1, &s) == 1 && u16 == (char16_t)w && mbrtoc32(&u32, &c, 1, &s) == 1 && u32 == (char32_t)w);
    back[0] = 0;
    CHECK(c16rtomb(back, u16, &s) == 1 && back[0] == c && c32rtomb(back, u32, &s) == 1 && back[0] == c);
    if (i >= 128) CHECK(!iswalpha(w) && !iswspace(w) && !iswdigit(w) && towupper(w) == (wint_t)w);
    if (i % 32 == 31) printf("%x%c", (unsigned)w, i == 255 ? '\n' : ' ');
  }
  CHECK(btowc(EOF) == WEOF && wctob(WEOF) == EOF && MB_CUR_MAX == 1);
  static const wchar_t none[] = {0x80, 0xff, 0x20ac, 0xd800, 0xdf7f, 0xe000, 0x10ffff};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
    char back[8];
    errno = 0;
    CHECK(wcrtomb(back, none[i], &s) == (size_t)-1 && errno == EILSEQ && wctob(none[i]) == EOF);
  }
}

static void strings(void) {
  char bytes[256], back[256];
  wchar_t wide[256];
  for (int i = 0; i < 256; i++) bytes[i] = (char)(i + 1);
  CHECK(mbstowcs(wide, bytes, 256) == 255 && wcslen(wide) == 255);
  CHECK(wcstombs(back, wide, 256) == 255 && !memcmp(bytes, back, 256));
  mbstate_t s = {0};
  const char *from = "a\xc3\xa9 long run of ASCII \xff";
  CHECK(mbsnrtowcs(wide, &from, 2, 256, &s) == 2 && *from == '\xa9' && wctob(wide[1]) == 0xc3);
  CHECK(mbsrtowcs(wide, &from, 256, &s) == 21 && !from && wctob(wide[20]) == 0xff);
  const wchar_t *to = L"ab\u20ac";
  errno = 0;
  CHECK(wcsrtombs(back, &to, 256, &s) == (size_t)-1 && errno == EILSEQ && *to == 0x20ac);
}

static void streams(void) {
  FILE *f = fopen("bytes", "w");
  for (int i = 1; i < 256; i++) CHECK(fputwc(btowc(i), f) == btowc(i));
  errno = 0;
  CHECK(fputwc(0x20ac, f) == WEOF && errno == EILSEQ && ferror(f));
  fclose(f);
  f = fopen("bytes", "r");
  for (int i = 1; i < 256; i++) CHECK(getc(f) == i);
  CHECK(getc(f) == EOF);
  fclose(f);
  f = fopen("bytes", "r");
  for (int i = 1; i < 256; i++) CHECK(fgetwc(f) == btowc(i));
  CHECK(fgetwc(f) == WEOF && feof(f) && !ferror(f));
  CHECK(ungetwc(btowc(0xe9), f) == btowc(0xe9) && fgetwc(f) == btowc(0xe9));
  fclose(f);
}

static void formats(void) {
  char text[16];
  wchar_t wide[16], high[] = {btowc(0xc3), btowc(0xa9), 0};
  CHECK(snprintf(text, 16, "%ls|%lc|%.1ls", high, btowc(0xff), high) == 6 && !strcmp(text, "\xc3\xa9|\xff|\xc3"));
  errno = 0;
  CHECK(snprintf(text, 16, "%ls", L"\u20ac") == -1 && errno == EILSEQ);
  CHECK(swprintf(wide, 16, L"%s", "\xc3\xa9") == 2 && !wcscmp(wide, high));
  CHECK(sscanf("\xc3\xa9 x", "%ls", wide) == 1 && !wcscmp(wide, high));
  CHECK(sscanf("\xff", "%lc", wide) == 1 && wide[0] == (wchar_t)btowc(0xff));
  CHECK(swscanf(high, L"%15s", text) == 1 && !strcmp(text, "\xc3\xa9"));
}

int main(void) {
  characters();
  strings();
  streams();
  formats();
  return failed;
}
