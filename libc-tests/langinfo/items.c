/* expect: shared-glibc leaves categories out of a static program
   expect: not-musl its texts are shorter */
/* Items of a locale, by the program's and by an object; copies and names of locale objects. */
#define _GNU_SOURCE
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#ifndef ABALTMON_1
#define ABALTMON_1 _NL_ABALTMON_1
#define ABALTMON_12 _NL_ABALTMON_12
#endif

int main(void) {
  static const nl_item items[] = {RADIXCHAR, THOUSEP, D_T_FMT, D_FMT, T_FMT, AM_STR, PM_STR, DAY_1, DAY_7, ABDAY_1, ABDAY_4, MON_1, MON_12, ABMON_2, YESEXPR, NOEXPR, T_FMT_AMPM, ERA, CRNCYSTR, ALTMON_1, ALTMON_5, ALTMON_12, ABALTMON_1, ABALTMON_12};
  locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0), u = newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0), copy = duplocale(u);
  if (!c || !u || !copy) return 2;
  for (size_t i = 0; i < sizeof items / sizeof *items; i++) printf("%s|%s\n", nl_langinfo(items[i]), nl_langinfo_l(items[i], c));
  printf("%s\n%s\n", nl_langinfo_l(CODESET, u), nl_langinfo_l(CODESET, copy));
  freelocale(u);
  /* The copy outlives its original. */
  printf("%s\n", nl_langinfo_l(CODESET, copy));
  locale_t old = uselocale(copy), global = duplocale(LC_GLOBAL_LOCALE);
  printf("%d %s\n", old == LC_GLOBAL_LOCALE, nl_langinfo(CODESET));
  printf("%s %s %s\n", nl_langinfo(_NL_LOCALE_NAME(LC_CTYPE)), nl_langinfo_l(_NL_LOCALE_NAME(LC_TIME), copy), nl_langinfo_l(_NL_LOCALE_NAME(LC_CTYPE), c));
  uselocale(LC_GLOBAL_LOCALE);
  printf("%s\n", nl_langinfo(_NL_LOCALE_NAME(LC_MESSAGES)));
  printf("%d\n", global != (locale_t)0);
  freelocale(copy), freelocale(global), freelocale(c);
  return 0;
}
