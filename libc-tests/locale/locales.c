/* expect: shared-glibc reads its locales from files */
/* expect: not-musl its "C" locale is UTF-8
   The locales C and C.UTF-8: names, encodings, the thread's own locale. */
#define _GNU_SOURCE
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

int main(void) {
  wchar_t wide[8];
  printf("%s %s %d\n", setlocale(LC_ALL, 0), nl_langinfo(CODESET), (int)MB_CUR_MAX);
  locale_t utf8 = newlocale(LC_ALL_MASK, "C.UTF-8", 0);
  locale_t old = uselocale(utf8);
  printf("%d %s\n", old == LC_GLOBAL_LOCALE, nl_langinfo(CODESET));
  int count = mbstowcs(wide, "\xc3\xa9", 8);
  printf("%d %x\n", count, (unsigned)wide[0]);
  uselocale(LC_GLOBAL_LOCALE);
  freelocale(utf8);
  printf("%s\n", nl_langinfo(CODESET));
  printf("%s\n", setlocale(LC_CTYPE, "C.UTF-8"));
  printf("%s\n", setlocale(LC_ALL, 0));
  /* An object of what is set now. */
  locale_t now = newlocale(LC_ALL_MASK, setlocale(LC_ALL, 0), 0);
  printf("%s %s\n", nl_langinfo_l(CODESET, now), nl_langinfo_l(DAY_1, now));
  freelocale(now);
  printf("%d\n", newlocale(LC_ALL_MASK, "LC_CTYPE=C;LC_NONE=C", 0) == 0);
  printf("%d %s\n", setlocale(LC_ALL, "xx_YY.nonsense") == 0, setlocale(LC_ALL, "POSIX"));
  errno = 0;
  printf("%d %d", setlocale(LC_CTYPE, "xx_YY") == 0, errno == ENOENT);
  printf(" %d %d\n", setlocale(77, "C") == 0, errno == EINVAL);
  struct lconv *conventions = localeconv();
  printf("[%s] [%s] %d\n", conventions->decimal_point, conventions->thousands_sep, conventions->frac_digits);
  printf("%s %s %s\n", nl_langinfo(DAY_1), nl_langinfo(ABMON_12), nl_langinfo(D_T_FMT));
  return 0;
}
