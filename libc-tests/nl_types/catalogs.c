/* expect: not-musl has a format of its own
   A catalogue as gencat makes it of "$set 1", "1 Hello", "2 World" and "$set 3", "7 Seven": by path, by NLSPATH, and misses. */
#include <errno.h>
#include <locale.h>
#include <nl_types.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0;
  /* Sets count from 1 and are stored plus 1; the table's index is their product modulo its size. */
  enum { SIZE = 3, DEPTH = 2 };
  static const struct { uint32_t set, message; const char *text; } in[] = {{1, 1, "Hello"}, {1, 2, "World"}, {3, 7, "Seven"}};
  uint32_t table[SIZE * DEPTH][3] = {{0}}, head[] = {0x960408de, SIZE, DEPTH}, offset = 0;
  for (int i = 0; i < 3; i++) {
    uint32_t at = (in[i].set + 1) * in[i].message % SIZE;
    if (table[at][0]) at += SIZE;
    table[at][0] = in[i].set + 1, table[at][1] = in[i].message, table[at][2] = offset;
    offset += strlen(in[i].text) + 1;
  }
  mkdir("de", 0700);
  FILE *f = fopen("de/prog.cat", "w");
  fwrite(head, sizeof head, 1, f);
  fwrite(table, sizeof table, 1, f);
  for (int i = 0; i < SIZE * DEPTH; i++)
    for (int j = 0; j < 3; j++) {
      uint32_t swapped = __builtin_bswap32(table[i][j]);
      fwrite(&swapped, 4, 1, f);
    }
  for (int i = 0; i < 3; i++) fwrite(in[i].text, strlen(in[i].text) + 1, 1, f);
  fclose(f);
  nl_catd c = catopen("./de/prog.cat", 0);
  CHECK(c != (nl_catd)-1);
  printf("%s %s %s\n", catgets(c, 1, 1, "?"), catgets(c, 1, 2, "?"), catgets(c, 3, 7, "?"));
  errno = 0;
  CHECK(!strcmp(catgets(c, 2, 1, "default"), "default") && errno == ENOMSG);
  CHECK(!strcmp(catgets(c, 1, 3, "default"), "default"));
  CHECK(catclose(c) == 0);
  setenv("LANG", "de_DE.UTF-8", 1);
  setenv("NLSPATH", "/nothing/%N:./%l/%N.cat", 1);
  c = catopen("prog", 0);
  CHECK(c != (nl_catd)-1);
  printf("%s\n", c == (nl_catd)-1 ? "-" : catgets(c, 1, 2, "?"));
  if (c != (nl_catd)-1) catclose(c);
  /* By the locale that is set, whatever the environment says. */
  mkdir("C", 0700);
  CHECK(link("de/prog.cat", "C/here.cat") == 0 && link("de/prog.cat", "de/there.cat") == 0);
  setenv("LC_ALL", "de_DE.UTF-8", 1);
  c = catopen("here", NL_CAT_LOCALE);
  CHECK(c != (nl_catd)-1 && catclose(c) == 0 && catopen("there", NL_CAT_LOCALE) == (nl_catd)-1);
  setenv("NLSPATH", "./%L.cat", 1);
  CHECK(link("de/prog.cat", "C.UTF-8.cat") == 0 && setlocale(LC_MESSAGES, "C.UTF-8") != NULL);
  c = catopen("any", NL_CAT_LOCALE);
  CHECK(c != (nl_catd)-1 && catclose(c) == 0 && catopen("any", 0) == (nl_catd)-1);
  errno = 0;
  CHECK(catopen("absent", 0) == (nl_catd)-1 && errno == ENOENT);
  f = fopen("bad", "w");
  fputs("no catalogue at all", f);
  fclose(f);
  CHECK(catopen("./bad", 0) == (nl_catd)-1);
  errno = 0;
  CHECK(!strcmp(catgets((nl_catd)-1, 1, 1, "text"), "text"));
  CHECK(catclose((nl_catd)-1) == -1 && errno == EBADF);
  return failed;
}
