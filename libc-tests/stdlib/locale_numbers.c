/* expect: not-musl it has only the floating ones, and no strtoq */
/* expect: shared-glibc has C.UTF-8 in a file */
/* Numbers read with a locale given, and the BSD names of the long long ones. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0;
  char *end, text[] = " -0x1fz";
  wchar_t *wend, wtext[] = L" -0x1fz";
  locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  CHECK(c != (locale_t)0);
  CHECK(strtod_l("-2.5e3!", &end, c) == -2500 && *end == '!');
  CHECK(strtof_l("0x1.8p1", &end, c) == 3 && *end == 0);
  CHECK(strtold_l("1e4000", &end, c) > 9e3999L && *end == 0);
  CHECK(isnan(strtod_l("nan", &end, c)) && *end == 0 && strtod_l("x", &end, c) == 0 && *end == 'x');
  errno = 0;
  CHECK(strtof_l("1e39", NULL, c) == HUGE_VALF && errno == ERANGE);
  CHECK(strtol_l(text, &end, 0, c) == -31 && end == text + 6 && strtoll_l(text, &end, 16, c) == -31 && end == text + 6);
  CHECK(strtoul_l(text, &end, 0, c) == -31UL && end == text + 6 && strtoull_l(text, &end, 16, c) == -31ULL && end == text + 6);
  CHECK(strtoq(text, &end, 0) == -31 && end == text + 6 && strtouq(text, &end, 10) == 0 && end == text + 3);
  errno = 0;
  CHECK(strtol_l("9223372036854775808", NULL, 10, c) == LONG_MAX && errno == ERANGE);
  errno = 0;
  CHECK(strtoll_l("-9223372036854775809", NULL, 10, c) == LLONG_MIN && errno == ERANGE);
  errno = 0;
  CHECK(strtoul_l("18446744073709551616", NULL, 10, c) == ULONG_MAX && errno == ERANGE);
  errno = 0;
  CHECK(strtoull_l("1", NULL, 37, c) == 0 && errno == EINVAL);
  errno = 0;
  CHECK(strtoq("777777777777777777777777", &end, 8) == LLONG_MAX && *end == 0 && errno == ERANGE);
  errno = 0;
  CHECK(strtouq("ffffffffffffffff0", &end, 16) == ULLONG_MAX && *end == 0 && errno == ERANGE);
  CHECK(wcstod_l(L"-2.5e3!", &wend, c) == -2500 && *wend == '!');
  CHECK(wcstof_l(L"0x1.8p1", &wend, c) == 3 && *wend == 0);
  CHECK(wcstold_l(L"1e4000", &wend, c) > 9e3999L && *wend == 0);
  CHECK(wcstol_l(wtext, &wend, 0, c) == -31 && wend == wtext + 6 && wcstoll_l(wtext, &wend, 16, c) == -31 && wend == wtext + 6);
  CHECK(wcstoul_l(wtext, &wend, 0, c) == -31UL && wend == wtext + 6 && wcstoull_l(wtext, &wend, 16, c) == -31ULL && wend == wtext + 6);
  CHECK(wcstoq(wtext, &wend, 0) == -31 && wend == wtext + 6 && wcstouq(wtext, &wend, 10) == 0 && wend == wtext + 3);
  errno = 0;
  CHECK(wcstol_l(L"9223372036854775808", NULL, 10, c) == LONG_MAX && errno == ERANGE);
  errno = 0;
  CHECK(wcstoll_l(L"-9223372036854775809", NULL, 10, c) == LLONG_MIN && errno == ERANGE);
  errno = 0;
  CHECK(wcstoul_l(L"18446744073709551616", NULL, 10, c) == ULONG_MAX && errno == ERANGE);
  errno = 0;
  CHECK(wcstoull_l(L"1", NULL, 37, c) == 0 && errno == EINVAL);
  errno = 0;
  CHECK(wcstoq(L"-9999999999999999999", &wend, 10) == LLONG_MIN && *wend == 0 && errno == ERANGE);
  errno = 0;
  CHECK(wcstouq(L"99999999999999999999", &wend, 10) == ULLONG_MAX && *wend == 0 && errno == ERANGE);
  errno = 0;
  CHECK(wcstod_l(L"1e-400", NULL, c) == 0 && errno == ERANGE);
  /* U+2003 is white space of C.UTF-8 alone. */
  locale_t utf8 = newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0);
  const wchar_t *spaced = L"\x2003" L"12";
  CHECK(utf8 && wcstol_l(spaced, NULL, 10, utf8) == 12 && wcstoll_l(spaced, NULL, 10, utf8) == 12 && wcstoul_l(spaced, NULL, 10, utf8) == 12);
  CHECK(wcstoull_l(spaced, NULL, 10, utf8) == 12 && wcstod_l(spaced, NULL, utf8) == 12 && wcstof_l(spaced, NULL, utf8) == 12 && wcstold_l(spaced, NULL, utf8) == 12);
  CHECK(setlocale(LC_ALL, "C.UTF-8") != NULL);
  CHECK(wcstol_l(spaced, &wend, 10, c) == 0 && wend == spaced && wcstoll_l(spaced, NULL, 10, c) == 0 && wcstoul_l(spaced, NULL, 10, c) == 0);
  CHECK(wcstoull_l(spaced, NULL, 10, c) == 0 && wcstod_l(spaced, &wend, c) == 0 && wend == spaced && wcstof_l(spaced, NULL, c) == 0);
  CHECK(wcstold_l(spaced, &wend, c) == 0 && wend == spaced && wcstol(spaced, NULL, 10) == 12);
  freelocale(utf8);
  freelocale(c);
  return failed;
}
