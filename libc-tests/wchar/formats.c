/* expect: shared-glibc reads its locales from files */
/* expect: not-musl leaves the error indicator clear at a byte that is no character */
/* Wide formatted output and input, through every entry point. */
#define _GNU_SOURCE
#include <errno.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>
#define CHECK(C) ((C) ? (void)0 : (void)(fprintf(stderr, "line %d: %s\n", __LINE__, #C), failed = 1))
static int failed;

static int by_list(FILE *stream, const wchar_t *format, ...) {
  va_list list;
  va_start(list, format);
  int n = stream == stdout ? vwprintf(format, list) : vfwprintf(stream, format, list);
  va_end(list);
  return n;
}

static int into(wchar_t *buffer, size_t size, const wchar_t *format, ...) {
  va_list list;
  va_start(list, format);
  int n = vswprintf(buffer, size, format, list);
  va_end(list);
  return n;
}

static int from(const wchar_t *text, const wchar_t *format, ...) {
  va_list list;
  va_start(list, format);
  int n = vswscanf(text, format, list);
  va_end(list);
  return n;
}

static int from_stream(FILE *stream, const wchar_t *format, ...) {
  va_list list;
  va_start(list, format);
  int n = stream == stdin ? vwscanf(format, list) : vfwscanf(stream, format, list);
  va_end(list);
  return n;
}

int main(void) {
  setlocale(LC_ALL, "C.UTF-8");
  wchar_t b[64];
  CHECK(wprintf(L"%d %ls %s %lc %c\n", 5, L"w\u00efde", "n\xc3\xa4rrow", L'\u20ac', 'c') == 18);
  CHECK(by_list(stdout, L"%5.2f|%-6ls|%+d\n", 3.14159, L"ab", 7) == 16);
  CHECK(putwc(L'\u00e9', stdout) == 0xe9 && putwchar(L'!') == L'!' && fputwc(L'\n', stdout) == L'\n');
  CHECK(swprintf(b, 64, L"%x %ls", 255, L"\u4e00") == 4 && !wcscmp(b, L"ff \u4e00"));
  CHECK(swprintf(b, 4, L"%d", 12345) < 0);
  CHECK(into(b, 64, L"[%*d|%.3ls]", 4, 42, L"abcdef") == 10 && !wcscmp(b, L"[  42|abc]"));
  CHECK(into(b, 3, L"abc") < 0);
  int n = 0;
  wchar_t word[16];
  char narrow[16];
  double d;
  CHECK(swscanf(L"12 \u00e4bc 2.5", L"%d %ls %lf", &n, word, &d) == 3 && n == 12 && !wcscmp(word, L"\u00e4bc") && d == 2.5);
  CHECK(from(L"7,\u00fcx]", L"%d,%[^]]", &n, narrow) == 2 && n == 7 && !strcmp(narrow, "\xc3\xbcx"));
  CHECK(from(L"", L"%d", &n) == EOF && from(L"x", L"%d", &n) == 0);
  FILE *f = fopen("wide", "w+");
  CHECK(by_list(f, L"%d \u20ac %ls\n", 99, L"\u65e5\u672c") == 8 && fwprintf(f, L"next %c\n", 'x') == 7);
  rewind(f);
  CHECK(fwide(f, 0) > 0);
  CHECK(from_stream(f, L"%d \u20ac %ls", &n, word) == 2 && n == 99 && !wcscmp(word, L"\u65e5\u672c"));
  CHECK(getwc(f) == L'\n' && fgetwc(f) == L'n' && ungetwc(L'N', f) == L'N' && fwscanf(f, L"%ls", word) == 1 && !wcscmp(word, L"Next"));
  CHECK(fgetws(b, 64, f) == b && !wcscmp(b, L" x\n") && getwc(f) == WEOF && feof(f));
  fclose(f);
  /* The same from standard input. */
  CHECK(freopen("wide", "r", stdin) == stdin);
  CHECK(from_stream(stdin, L"%d", &n) == 1 && n == 99 && getwchar() == L' ' && getwchar() == 0x20ac);
  CHECK(wscanf(L"%ls %ls %lc", word, b, &b[40]) == 3 && !wcscmp(word, L"\u65e5\u672c") && !wcscmp(b, L"next") && b[40] == L'x');
  /* A byte that is no character. */
  f = fopen("bad", "w");
  fputs("a\xff", f);
  fclose(f);
  f = fopen("bad", "r");
  errno = 0;
  CHECK(fgetwc(f) == L'a' && fgetwc(f) == WEOF && errno == EILSEQ && ferror(f));
  fclose(f);
  size_t size;
  wchar_t *memory;
  f = open_wmemstream(&memory, &size);
  CHECK(fputws(L"kept \u00e9", f) >= 0 && !fflush(f) && size == 6 && !wcscmp(memory, L"kept \u00e9"));
  fclose(f);
  struct tm t = {.tm_year = 124, .tm_mon = 1, .tm_mday = 29, .tm_wday = 4, .tm_yday = 59, .tm_hour = 13};
  CHECK(wcsftime(b, 64, L"%Y-%m-%d %A \u00e9 %H", &t) == 24 && !wcscmp(b, L"2024-02-29 Thursday \u00e9 13"));
  CHECK(wcsftime(b, 5, L"%Y-%m", &t) == 0);
  CHECK(wcsftime_l(b, 64, L"%m/%d", &t, newlocale(LC_ALL_MASK, "C", (locale_t)0)) == 5 && !wcscmp(b, L"02/29"));
  return failed;
}
