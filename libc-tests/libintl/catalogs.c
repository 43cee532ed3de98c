/* expect: shared-glibc leaves categories out of a static program
   expect: not-musl finds no catalogue through LANGUAGE alone
   Messages of a catalogue that the test writes: plain, with plural forms, of another domain, category and code set. */
#define _GNU_SOURCE
#include <errno.h>
#include <libintl.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct pair {
  const char *id, *text;
  int id_size, text_size;
};
#define PAIR(ID, TEXT) {ID, TEXT, sizeof ID - 1, sizeof TEXT - 1}

static void put(FILE *f, uint32_t n, int swap) {
  if (swap) n = __builtin_bswap32(n);
  fwrite(&n, 4, 1, f);
}

/* The originals must be in order. */
static void catalogue(const char *path, const struct pair *pairs, int count, int swap) {
  FILE *f = fopen(path, "w");
  if (!f) perror(path);
  uint32_t at = 28 + 16 * count;
  put(f, 0x950412de, swap), put(f, 0, swap), put(f, count, swap), put(f, 28, swap), put(f, 28 + 8 * count, swap), put(f, 0, swap), put(f, at, swap);
  for (int i = 0; i < count; i++) put(f, pairs[i].id_size, swap), put(f, at, swap), at += pairs[i].id_size + 1;
  for (int i = 0; i < count; i++) put(f, pairs[i].text_size, swap), put(f, at, swap), at += pairs[i].text_size + 1;
  for (int i = 0; i < count; i++) fwrite(pairs[i].id, pairs[i].id_size + 1, 1, f);
  for (int i = 0; i < count; i++) fwrite(pairs[i].text, pairs[i].text_size + 1, 1, f);
  fclose(f);
}

int main(void) {
  static const struct pair german[] = {
      PAIR("", "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"),
      PAIR("%d file\0%d files", "%d Datei\0%d Dateien"), PAIR("house", "Haus"), PAIR("tree", "B\xc3\xa4ume")};
  static const struct pair polish[] = {
      PAIR("", "Content-Type: text/plain; charset=ISO-8859-1\nPlural-Forms: nplurals=3; plural=n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2;\n"),
      PAIR("%d file\0%d files", "%d plik\0%d pliki\0%d plik\xf3w"), PAIR("house", "d\xf3m")};
  static const struct pair times[] = {PAIR("house", "time house")};
  mkdir("l", 0700), mkdir("l/de", 0700), mkdir("l/de/LC_MESSAGES", 0700), mkdir("l/pl", 0700), mkdir("l/pl/LC_MESSAGES", 0700), mkdir("l/de/LC_TIME", 0700);
  catalogue("l/de/LC_MESSAGES/prog.mo", german, 4, 0);
  catalogue("l/pl/LC_MESSAGES/prog.mo", polish, 3, 1);
  catalogue("l/de/LC_TIME/prog.mo", times, 1, 0);
  catalogue("l/de/LC_MESSAGES/second.mo", times, 1, 0);
  printf("%s\n", textdomain(NULL));
  printf("%s %s\n", textdomain("prog"), textdomain(NULL));
  char *folder = bindtextdomain("prog", "l");
  printf("%s %s %d %d\n", folder, bindtextdomain("prog", NULL), bindtextdomain("", "x") == NULL, bindtextdomain(NULL, "x") == NULL);
  printf("%s\n", bindtextdomain("unbound", NULL));
  extern int _nl_msg_cat_cntr; /* the manual's way to say that the environment changed */
  setenv("LANGUAGE", "de", 1), _nl_msg_cat_cntr++;
  puts(gettext("house")); /* still in the "C" locale */
  printf("%d %d\n", __GNU_GETTEXT_SUPPORTED_REVISION(0) >= 1, __GNU_GETTEXT_SUPPORTED_REVISION(1));
  if (!setlocale(LC_ALL, "C.UTF-8")) return 2;
  errno = 77;
  puts(gettext("house"));
  printf("%s %s %d\n", gettext("tree"), gettext("unknown"), errno);
  for (unsigned long n = 0; n < 3; n++) printf(ngettext("%d file", "%d files", n), (int)n), puts("");
  printf("%s %s %s\n", ngettext("one", "many", 1), ngettext("one", "many", 2), dgettext("prog", "house"));
  printf("%s %s\n", dgettext("second", "house"), dgettext("no such", "house"));
  bindtextdomain("second", "l");
  printf("%s %s\n", dgettext("second", "house"), dcgettext("prog", "house", LC_TIME));
  printf(dngettext("prog", "%d file", "%d files", 5), 5), puts("");
  printf(dcngettext("prog", "%d file", "%d files", 1, LC_MESSAGES), 1), puts("");
  setenv("LANGUAGE", "xx:pl_PL.UTF-8:de", 1);
  textdomain("prog"); /* what was found before need not hold any more */
  static const int numbers[] = {1, 2, 5, 12, 22, 100};
  for (int i = 0; i < 6; i++) printf(ngettext("%d file", "%d files", numbers[i]), numbers[i]), puts("");
  printf("%s %s\n", gettext("house"), gettext("tree"));
  printf("%d\n", bind_textdomain_codeset("prog", NULL) == NULL);
  printf("%s\n", bind_textdomain_codeset("prog", "UTF-8"));
  printf("%s\n", gettext("house"));
  printf("%s\n", textdomain(""));
  return 0;
}
