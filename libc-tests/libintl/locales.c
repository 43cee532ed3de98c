/* expect: not-glibc does not have these functions
   expect: not-musl does not have them
   The forms with a locale: nothing is translated in "C". */
#define _GNU_SOURCE
#include <libintl.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int main(void) {
  mkdir("l", 0700), mkdir("l/de", 0700), mkdir("l/de/LC_MESSAGES", 0700);
  uint32_t head[] = {0x950412de, 0, 1, 28, 36, 0, 0, 5, 44, 4, 50};
  FILE *f = fopen("l/de/LC_MESSAGES/d.mo", "w");
  fwrite(head, sizeof head, 1, f);
  fwrite("house\0Haus", 11, 1, f);
  fclose(f);
  setenv("LANGUAGE", "de", 1);
  bindtextdomain("d", "l");
  textdomain("d");
  locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0), u = newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0);
  printf("%s %s\n", gettext_l("house", c), gettext_l("house", u));
  printf("%s %s\n", dgettext_l("d", "house", c), dgettext_l("d", "house", u));
  printf("%s %s\n", dcgettext_l("d", "house", LC_MESSAGES, c), dcgettext_l("d", "house", LC_MESSAGES, u));
  printf("%s %s\n", ngettext_l("house", "houses", 2, c), ngettext_l("house", "houses", 1, u));
  printf("%s %s\n", dngettext_l("d", "house", "houses", 1, c), dngettext_l("d", "house", "houses", 1, u));
  printf("%s %s\n", dcngettext_l("d", "house", "houses", 2, LC_TIME, u), dcngettext_l("d", "house", "houses", 1, LC_MESSAGES, u));
  return 0;
}
