/* expect: not-glibc knows the locales that are installed only
   expect: not-musl takes any name, and gives another to a category of all locales
   Locales of languages and countries: UTF-8 under the name that was set, in the program's locale and in objects. */
#define _GNU_SOURCE
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <libintl.h>
#include <wchar.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

static int failed;
static char *expected;

static void *ask(void *unused) {
  (void)unused;
  for (int i = 0; i < 20000; i++)
    if (strcmp(setlocale(LC_ALL, NULL), expected)) return "disturbed";
  return NULL;
}

static void catalogue(void) {
  mkdir("l", 0700), mkdir("l/de", 0700), mkdir("l/de/LC_MESSAGES", 0700);
  uint32_t head[] = {0x950412de, 0, 1, 28, 36, 0, 0, 5, 44, 4, 50};
  FILE *f = fopen("l/de/LC_MESSAGES/d.mo", "w");
  fwrite(head, sizeof head, 1, f);
  fwrite("house\0Haus", 11, 1, f);
  fclose(f);
  bindtextdomain("d", "l");
  setlocale(LC_MESSAGES, "de_DE.UTF-8");
  CHECK(!strcmp(dgettext("d", "house"), "Haus"));
  setlocale(LC_MESSAGES, "fr_FR.UTF-8");
  CHECK(!strcmp(dgettext("d", "house"), "house"));
}

int main(void) {
  wchar_t wide[8];
  CHECK(!strcmp(setlocale(LC_ALL, "de_DE.UTF-8"), "de_DE.UTF-8"));
  CHECK(mbstowcs(wide, "\xc3\xa9", 8) == 1 && wide[0] == 0xe9 && !strcmp(nl_langinfo(CODESET), "UTF-8"));
  CHECK(!strcmp(localeconv()->decimal_point, "."));
  CHECK(!strcmp(setlocale(LC_NUMERIC, "fr_FR.utf8"), "fr_FR.utf8"));
  CHECK(!strcmp(setlocale(LC_TIME, "sr_RS.UTF-8@latin"), "sr_RS.UTF-8@latin"));
  CHECK(!strncmp(setlocale(LC_ALL, NULL), "LC_CTYPE=de_DE.UTF-8;LC_NUMERIC=fr_FR.utf8;LC_TIME=sr_RS.UTF-8@latin;", 69));
  char *kept = strdup(setlocale(LC_ALL, NULL));
  CHECK(!strcmp(setlocale(LC_ALL, "C"), "C") && !strcmp(nl_langinfo(CODESET), "ANSI_X3.4-1968"));
  CHECK(!strcmp(setlocale(LC_ALL, kept), kept));
  expected = kept;
  pthread_t threads[2];
  for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, ask, NULL);
  for (int i = 0; i < 2; i++) {
    void *result;
    pthread_join(threads[i], &result);
    CHECK(!result);
  }
  /* What is no name of a UTF-8 locale changes nothing. */
  static const char *const unknown[] = {"de_DE", "de_DE.ISO-8859-1", "de_DE.UTF-8@", "../de.UTF-8", "xx_YY.nonsense", "LC_CTYPE=de", "LC_NOTHING=C"};
  for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
    CHECK(!setlocale(LC_ALL, unknown[i]) && !strcmp(setlocale(LC_ALL, NULL), kept));
    errno = 0;
    CHECK(!newlocale(LC_ALL_MASK, unknown[i], (locale_t)0) && errno == ENOENT);
  }
  /* The environment. */
  setenv("LANG", "en_US.UTF-8", 1);
  setenv("LC_TIME", "C", 1);
  setlocale(LC_ALL, "");
  CHECK(!strcmp(setlocale(LC_CTYPE, NULL), "en_US.UTF-8") && !strcmp(setlocale(LC_TIME, NULL), "C"));
  locale_t l = newlocale(LC_CTYPE_MASK, "pt_BR.UTF-8", (locale_t)0), copy = duplocale(l);
  freelocale(l);
  CHECK(!strcmp(nl_langinfo_l(_NL_LOCALE_NAME(LC_CTYPE), copy), "pt_BR.UTF-8"));
  CHECK(!strcmp(nl_langinfo_l(_NL_LOCALE_NAME(LC_TIME), copy), "C") && !strcmp(nl_langinfo_l(CODESET, copy), "UTF-8"));
  freelocale(copy);
  catalogue();
  free(kept);
  return failed;
}
