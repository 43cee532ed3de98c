/* expect: shared-glibc reads its locales from files */
/* expect: not-musl mbsnrtowcs forgets the bytes of an incomplete character */
/* Wide strings, character by character: every function against what the standard says of it. */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static int failed;

static int sign(int n) { return (n > 0) - (n < 0); }

static void copying(void) {
  wchar_t b[16];
  CHECK(wcscpy(b, L"one") == b && !wcscmp(b, L"one"));
  CHECK(wcscat(b, L"two") == b && !wcscmp(b, L"onetwo"));
  CHECK(wcsncat(b, L"three", 2) == b && !wcscmp(b, L"onetwoth"));
  CHECK(wcpcpy(b, L"four") == b + 4 && !wcscmp(b, L"four"));
  wmemset(b, L'x', 8);
  CHECK(wcsncpy(b, L"ab", 5) == b && !wmemcmp(b, L"ab\0\0\0xxx", 8));
  wmemset(b, L'x', 8);
  CHECK(wcsncpy(b, L"abcdef", 3) == b && !wmemcmp(b, L"abcxxxxx", 8));
  wmemset(b, L'x', 8);
  CHECK(wcpncpy(b, L"ab", 5) == b + 2 && !wmemcmp(b, L"ab\0\0\0xxx", 8));
  CHECK(wcpncpy(b, L"abcdef", 3) == b + 3);
  CHECK(wmemcpy(b, L"012345", 7) == b && wmemmove(b + 1, b, 6) == b + 1 && !wmemcmp(b, L"0012345", 7));
  CHECK(wmemmove(b, b + 2, 4) == b && !wmemcmp(b, L"1234", 4));
  wchar_t *copy = wcsdup(L"copied");
  CHECK(copy && !wcscmp(copy, L"copied"));
  free(copy);
}

static void comparing(void) {
  CHECK(sign(wcscmp(L"a", L"b")) == -1 && sign(wcscmp(L"b", L"a")) == 1 && wcscmp(L"", L"") == 0 && sign(wcscmp(L"ab", L"a")) == 1);
  CHECK(wcsncmp(L"abc", L"abd", 2) == 0 && sign(wcsncmp(L"abc", L"abd", 3)) == -1 && wcsncmp(L"a", L"b", 0) == 0);
  CHECK(wcsncmp(L"a\0b", L"a\0c", 3) == 0);
  CHECK(sign(wmemcmp(L"a\0b", L"a\0c", 3)) == -1 && wmemcmp(L"x", L"y", 0) == 0);
  CHECK(wcscasecmp(L"HeLLo", L"hEllO") == 0 && sign(wcscasecmp(L"a", L"B")) == -1);
  CHECK(wcsncasecmp(L"ABCx", L"abcy", 3) == 0 && sign(wcsncasecmp(L"ABCx", L"abcy", 4)) == -1);
  locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  CHECK(wcscasecmp_l(L"Abc", L"aBC", c) == 0 && wcsncasecmp_l(L"AbX", L"aBy", 2, c) == 0);
  CHECK(sign(wcscoll(L"a", L"b")) == -1 && wcscoll(L"a", L"a") == 0 && sign(wcscoll_l(L"c", L"b", c)) == 1);
  wchar_t one[8], two[8];
  CHECK(wcsxfrm(one, L"abc", 8) < 8 && wcsxfrm_l(two, L"abd", 8, c) < 8 && sign(wcscmp(one, two)) == -1);
  CHECK(wcsxfrm(NULL, L"abc", 0) >= 3);
  freelocale(c);
}

static void searching(void) {
  const wchar_t *s = L"hello, world";
  CHECK(wcschr(s, L'o') == s + 4 && wcschr(s, L'z') == NULL && wcschr(s, 0) == s + 12);
  CHECK(wcsrchr(s, L'o') == s + 8 && wcsrchr(s, L'z') == NULL && wcsrchr(s, 0) == s + 12);
  CHECK(wcsspn(s, L"hel") == 4 && wcsspn(s, L"") == 0 && wcsspn(s, L"dehlorw, ") == 12);
  CHECK(wcscspn(s, L", ") == 5 && wcscspn(s, L"") == 12 && wcscspn(s, L"z") == 12);
  CHECK(wcspbrk(s, L"wx") == s + 7 && wcspbrk(s, L"xyz") == NULL && wcspbrk(s, L"") == NULL);
  CHECK(wcsstr(s, L"world") == s + 7 && wcsstr(s, L"") == s && wcsstr(s, L"worlds") == NULL);
  CHECK(wcsnlen(s, 5) == 5 && wcsnlen(s, 50) == 12 && wcslen(L"") == 0);
  CHECK(wmemchr(s, L'w', 12) == s + 7 && wmemchr(s, L'w', 7) == NULL && wmemchr(s, L'h', 0) == NULL);
  wchar_t text[] = L",a,,b;c", *rest;
  CHECK(!wcscmp(wcstok(text, L",", &rest), L"a") && !wcscmp(wcstok(NULL, L",;", &rest), L"b") && !wcscmp(wcstok(NULL, L";", &rest), L"c"));
  CHECK(wcstok(NULL, L";", &rest) == NULL);
}

static void numbers(void) {
  wchar_t *end;
  static const struct { const wchar_t *text; int base; } whole[] = {
      {L"  42x", 10}, {L"-0x1Fg", 0}, {L"077", 0}, {L"zz", 36}, {L"9223372036854775808", 10}, {L"-9223372036854775809", 10},
      {L"18446744073709551616", 10}, {L"-1", 10}, {L"", 10}, {L"+", 10}, {L"0x", 16}, {L"1", 1}};
  for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
    const wchar_t *t = whole[i].text;
#define SHOW(F, FORMAT)                                                \
  do {                                                                 \
    errno = 0, end = NULL;                                             \
    printf(" " FORMAT, F(t, &end, whole[i].base));                     \
    printf(" %td %s;", whole[i].base == 1 ? 0 : end - t, errno == ERANGE ? "range" : errno == EINVAL && whole[i].base == 1 ? "invalid" : ""); \
  } while (0)
    SHOW(wcstol, "%ld"); SHOW(wcstoul, "%lu"); SHOW(wcstoll, "%lld"); SHOW(wcstoull, "%llu"); SHOW(wcstoimax, "%jd"); SHOW(wcstoumax, "%ju");
    puts("");
  }
  static const wchar_t *const real[] = {L"1.5e3x", L" -0x1.8p1", L"inf", L"nan(12)", L"1e400", L"1e-400", L".5", L"e5", L"1e5000", L"0x1p-1074"};
  for (size_t i = 0; i < sizeof real / sizeof *real; i++) {
    errno = 0;
    double d = wcstod(real[i], &end);
    printf("%g %td %d", d, end - real[i], errno == ERANGE);
    errno = 0;
    float f = wcstof(real[i], &end);
    printf(" %g %td %d", f, end - real[i], errno == ERANGE);
    errno = 0;
    long double l = wcstold(real[i], &end);
    printf(" %Lg %td %d\n", l, end - real[i], errno == ERANGE);
  }
  imaxdiv_t q = imaxdiv(INTMAX_C(-17), 5);
  CHECK(q.quot == -3 && q.rem == -2 && imaxabs(INTMAX_C(-7)) == 7 && imaxabs(INTMAX_MIN + 1) == INTMAX_MAX);
}

static void widths(void) {
  CHECK(wcwidth(L'a') == 1 && wcwidth(0) == 0 && wcwidth(L'\n') == -1 && wcwidth(0x4e00) == 2 && wcwidth(0x301) == 0);
  CHECK(wcswidth(L"ab\u4e00", 3) == 4 && wcswidth(L"ab\u4e00", 2) == 2 && wcswidth(L"a\nb", 3) == -1 && wcswidth(L"a\0b", 3) == 1);
}

static void bytes(void) {
  char b[16];
  wchar_t w[8];
  mbstate_t state = {0};
  CHECK(btowc('a') == L'a' && btowc(EOF) == WEOF && btowc(0xe9) == WEOF && wctob(L'z') == 'z' && wctob(0xe9) == EOF && wctob(WEOF) == EOF);
  CHECK(mbrlen("\xc3", 1, &state) == (size_t)-2 && mbrlen("\xa9", 1, &state) == 1 && mbsinit(&state));
  errno = 0;
  CHECK(mbrlen("\xff", 1, &state) == (size_t)-1 && errno == EILSEQ);
  memset(&state, 0, sizeof state);
  CHECK(mbrlen("", 1, &state) == 0 && mbrlen("ab", 0, &state) == (size_t)-2);
  const char *from = "a\xc3\xa9\xe2\x82\xac!";
  CHECK(mbsrtowcs(NULL, &from, 0, &state) == 4 && *from == 'a');
  CHECK(mbsrtowcs(w, &from, 2, &state) == 2 && w[1] == 0xe9 && *from == '\xe2');
  CHECK(mbsrtowcs(w, &from, 8, &state) == 2 && w[0] == 0x20ac && w[2] == 0 && from == NULL);
  const char *part = "a\xe2\x82\xac!";
  CHECK(mbsnrtowcs(w, &part, 3, 8, &state) == 1 && !mbsinit(&state));
  CHECK(mbsnrtowcs(w, &part, 2, 8, &state) == 2 && w[0] == 0x20ac && w[1] == L'!');
  const char *bad = "ok\xff";
  memset(&state, 0, sizeof state);
  errno = 0;
  CHECK(mbsrtowcs(w, &bad, 8, &state) == (size_t)-1 && errno == EILSEQ);
  const wchar_t *wide = L"a\u00e9\u20ac!";
  CHECK(wcsrtombs(NULL, &wide, 0, &state) == 7 && *wide == L'a');
  memset(&state, 0, sizeof state);
  CHECK(wcsrtombs(b, &wide, 5, &state) == 3 && *wide == 0x20ac);
  CHECK(wcsrtombs(b, &wide, 5, &state) == 4 && wide == NULL && !strcmp(b, "\xe2\x82\xac!"));
  wide = L"xyz";
  CHECK(wcsnrtombs(b, &wide, 2, 16, &state) == 2 && *wide == L'z' && b[1] == 'y');
  wide = L"\xd800";
  errno = 0;
  CHECK(wcsrtombs(b, &wide, 16, &state) == (size_t)-1 && errno == EILSEQ);
  CHECK(mblen(NULL, 0) == 0 && mblen("\xc3\xa9", 2) == 2 && mblen("\xc3", 1) == -1 && mblen("", 1) == 0);
  CHECK(mbtowc(NULL, NULL, 0) == 0 && mbtowc(w, "\xe2\x82\xacx", 4) == 3 && w[0] == 0x20ac && mbtowc(w, "\xff", 1) == -1 && mbtowc(w, "", 1) == 0);
  CHECK(wctomb(NULL, 0) == 0 && wctomb(b, 0x20ac) == 3 && !memcmp(b, "\xe2\x82\xac", 3) && wctomb(b, 0xd800) == -1 && wctomb(b, 0) == 1);
}

static void long_searches(void) {
  enum { HAY = 20000, NEEDLE = 5000 };
  static wchar_t hay[HAY + 1], needle[NEEDLE + 1];
  wmemset(hay, L'a', HAY), wmemset(needle, L'a', NEEDLE - 1);
  /* The two differ above the lowest byte only. */
  needle[NEEDLE - 1] = 0x161;
  CHECK(wcsstr(hay, needle) == NULL);
  hay[HAY - 1] = 0x161;
  CHECK(wcsstr(hay, needle) == hay + HAY - NEEDLE);
  hay[HAY - 1] = 0x261;
  CHECK(wcsstr(hay, needle) == NULL);
  needle[0] = L'b', needle[NEEDLE - 1] = L'a';
  CHECK(wcsstr(hay, needle) == NULL);
  hay[HAY / 2] = L'b';
  CHECK(wcsstr(hay, needle) == hay + HAY / 2);
  for (int i = 0; i < HAY; i++) hay[i] = L"abaababa"[i % 8] + (i % 3000 == 2999);
  for (int from = 0; from < 4000; from += 777) {
    wmemcpy(needle, hay + from, 3500), needle[3500] = 0;
    wchar_t *found = wcsstr(hay, needle);
    CHECK(found && found <= hay + from && wmemcmp(found, needle, 3500) == 0);
  }
}

static void in_other_locales(void) {
  locale_t utf8 = newlocale(LC_ALL_MASK, "C.UTF-8", 0), before = uselocale(newlocale(LC_ALL_MASK, "C", 0));
  CHECK(wcscasecmp_l(L"\u00c4", L"\u00e4", utf8) == 0 && wcsncasecmp_l(L"a\u00c4b", L"A\u00e4c", 2, utf8) == 0);
  uselocale(before);
}

int main(void) {
  if (!setlocale(LC_ALL, "C.UTF-8")) return 2;
  copying();
  comparing();
  searching();
  numbers();
  widths();
  bytes();
  in_other_locales();
  long_searches();
  return failed;
}
