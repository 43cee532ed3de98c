/* expect: not-glibc does not have getlocalename_l
   expect: not-musl does not have it
   The names of the categories of a locale object. */
#define _GNU_SOURCE
#include <locale.h>
#include <stdio.h>

int main(void) {
  locale_t l = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  l = newlocale(LC_CTYPE_MASK, "C.UTF-8", l);
  printf("%s %s\n", getlocalename_l(LC_CTYPE, l), getlocalename_l(LC_TIME, l));
  freelocale(l);
  return 0;
}
