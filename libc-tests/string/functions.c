/* What search.c leaves out of string.h and strings.h: copies with bounds, locales, error texts, bits. */
#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

static int sign(int n) { return (n > 0) - (n < 0); }

int main(void) {
  int failed = 0;
  char b[32], c[32];
  CHECK(stpcpy(b, "four") == b + 4 && !strcmp(b, "four"));
  memset(b, 'x', 8);
  CHECK(stpncpy(b, "ab", 5) == b + 2 && !memcmp(b, "ab\0\0\0xxx", 8) && stpncpy(b, "abcdef", 3) == b + 3 && stpncpy(b, "q", 0) == b);
  strcpy(b, "one");
  CHECK(strncat(b, "twofold", 3) == b && !strcmp(b, "onetwo") && !strcmp(strncat(b, "", 4), "onetwo") && !strcmp(strncat(b, "x", 0), "onetwo"));
  CHECK(memccpy(b, "key=value", '=', 9) == b + 4 && !memcmp(b, "key=", 4) && memccpy(b, "none", '=', 4) == NULL && memccpy(b, "x", 'x', 0) == NULL);
  CHECK(memccpy(b, "a\xff", 0x1ff, 2) == b + 2);
  char *d = strdup("copied"), *n = strndup("shortened", 5), *whole = strndup("all", 50);
  CHECK(!strcmp(d, "copied") && !strcmp(n, "short") && !strcmp(whole, "all"));
  free(d), free(n), free(whole);
  locale_t l = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  CHECK(sign(strcoll("a", "b")) == -1 && strcoll("", "") == 0 && sign(strcoll("b", "aa")) == 1);
  CHECK(sign(strcoll_l("A", "a", l)) == -1 && strcoll_l("x", "x", l) == 0);
  CHECK(strxfrm(b, "abc", sizeof b) == 3 && strxfrm(c, "abd", sizeof c) == 3 && sign(strcmp(b, c)) == -1 && strxfrm(NULL, "four", 0) == 4);
  CHECK(strxfrm_l(b, "Z", sizeof b, l) == 1 && strxfrm_l(c, "a", sizeof c, l) == 1 && sign(strcmp(b, c)) == -1);
  CHECK(strncasecmp("ABCx", "abcy", 3) == 0 && sign(strncasecmp("ABCx", "abcy", 4)) == -1 && strncasecmp("a", "b", 0) == 0 && strncasecmp("Q", "q\0z", 9) == 0);
  CHECK(strcasecmp_l("HeLLo", "hEllO", l) == 0 && sign(strcasecmp_l("_", "A", l)) == -1);
  CHECK(strncasecmp_l("abX", "ABy", 2, l) == 0 && sign(strncasecmp_l("b", "A", 1, l)) == 1);
  /* Bytes are compared as unsigned ones. */
  CHECK(sign(strcmp("\x80", "\x7f")) == 1 && sign(strncmp("\xff", "a", 1)) == 1 && sign(memcmp("\x80", "\x01", 1)) == 1);
  /* Error texts: there for each number, in both forms, and a message for one that does not exist. */
  CHECK(!strcmp(strerror_l(EINVAL, l), strerror(EINVAL)));
  for (int e = 1; e < 133; e++)
    if (e != 41 && e != 58) CHECK(strlen(strerror(e)) > 5 && strncmp(strerror(e), "Unknown error", 13));
  CHECK(ffs(0) == 0 && ffs(1) == 1 && ffs(0x50) == 5 && ffs(INT_MIN) == 32 && ffs(-1) == 1);
  CHECK(ffsl(0) == 0 && ffsl(1L << 40) == 41 && ffsl(LONG_MIN) == 64 && ffsll(0) == 0 && ffsll(1LL << 62) == 63 && ffsll(LLONG_MIN) == 64);
  freelocale(l);
  return failed;
}
