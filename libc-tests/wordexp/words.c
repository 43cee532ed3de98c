/* expect: shared-glibc loads libraries for it */
/* expect: not-musl lets the shell see characters that are errors */
/* wordexp: what a shell would make of the words. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wordexp.h>

static void show(const char *text, int flags) {
  wordexp_t words;
  int status = wordexp(text, &words, flags);
  printf("[%s] %d:", text, status);
  if (status == 0) {
    for (size_t i = 0; i < words.we_wordc; i++) printf(" <%s>", words.we_wordv[i]);
    if (words.we_wordv[words.we_wordc] != NULL) printf(" no end");
    wordfree(&words);
  }
  puts("");
}

int main(void) {
  const char *files[] = {"one.c", "two.c", ".hidden.c", "a*b"};
  for (int i = 0; i < 4; i++) close(open(files[i], O_CREAT | O_WRONLY, 0600));
  setenv("X", "a b  c", 1);
  setenv("EMPTY", "", 1);
  setenv("STAR", "*.c", 1);
  setenv("FILE", "/usr/lib/thing.tar.gz", 1);
  setenv("HOME", "/home/me", 1);
  unsetenv("NONE");
  const char *texts[] = {
      "", "  ", "one two", "'a b' \"c d\" e\\ f", "$X", "\"$X\"", "x${X}y", "$NONE", "\"$NONE\"", "''", "$EMPTY\"\"",
      "*.c", "\"*.c\"", "\\*.c", "\"$STAR\"", "a\\*b", "nothing*", "[ot]*.c",
      "~", "~/x", "\"~\"", "x~", "~nobody-at-all/x",
      "${X}", "${NONE-d}", "${EMPTY-d}", "${EMPTY:-d e}", "${NONE:+y}", "${X:+y z}", "${#X}", "${NONE:=new}$NONE",
      "${FILE##*/}", "${FILE#*/}", "${FILE%.*}", "${FILE%%.*}", "${FILE%\"*\"}",
      "$((1 + 2 * 3))", "$(( (4-1) * 5 ))", "a$((6/2))b",
      "$(echo hi there)", "\"$(echo hi there)\"", "`echo back`", "$(echo a; echo; echo)b", "$(echo $(echo deep))",
      "a$", "\"a\\$b\\x\"", "'$X'"};
  for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
    unsetenv("NONE");
    show(texts[i], 0);
  }
#ifndef __GLIBC__ /* which does not look for paths that match a value */
  wordexp_t paths;
  if (wordexp("$STAR", &paths, 0) != 0 || paths.we_wordc != 2) return 1;
  wordfree(&paths);
  /* Nor that a line that goes on is no part of a word, nor of what stands behind a tilde (XCU 2.2.1, 2.6.1). */
  if (wordexp("~\\\n \\\n~/x ~/\\\ny", &paths, 0) != 0 || paths.we_wordc != 3) return 1;
  if (strcmp(paths.we_wordv[0], "/home/me") || strcmp(paths.we_wordv[1], "/home/me/x") || strcmp(paths.we_wordv[2], "/home/me/y")) return 1;
  wordfree(&paths);
  setenv("XY", "v", 1);
  if (wordexp("$X\\\nY \"$X\\\nY\" '\\\n' ${NONE:-\\\n~} $EMPTY#x ${#\\\nXY} $(echo '\\\n' | wc -l)", &paths, 0) != 0 || paths.we_wordc != 7) return 1;
  const char *joined[] = {"v", "v", "\\\n", "/home/me", "#x", "1", "2"};
  for (int i = 0; i < 7; i++)
    if (strcmp(paths.we_wordv[i], joined[i])) return 1;
  wordfree(&paths);
#endif
  setenv("IFS", ":", 1);
  setenv("P", "a::b c:", 1);
  show("$P", 0);
  unsetenv("IFS");
  const char *wrong[] = {"a|b", "a&b", "a;b", "a<b", "a>b", "a(b", "a)b", "a{b", "a}b", "a\nb", "'a", "\"a", "$(a", "${a", "`a"};
  for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) show(wrong[i], 0);
  show("$(echo no)", WRDE_NOCMD);
  show("`echo no`", WRDE_NOCMD);
  const char *undefined[] = {"$NONE", "${NONE}", "${#NONE}", "${NONE%x}", "${NONE##x}", "${1%x}", "${EMPTY%x}"};
  for (unsigned i = 0; i < sizeof undefined / sizeof *undefined; i++) show(undefined[i], WRDE_UNDEF);

  wordexp_t words = {.we_offs = 2};
  int status = wordexp("a b", &words, WRDE_DOOFFS);
  status |= wordexp("c", &words, WRDE_DOOFFS | WRDE_APPEND);
  printf("%d %zu %d %s %s %d\n", status, words.we_wordc, words.we_wordv[1] == NULL, words.we_wordv[2], words.we_wordv[4],
         words.we_wordv[5] == NULL);
  status = wordexp("z", &words, WRDE_DOOFFS | WRDE_REUSE);
  printf("%d %zu %s\n", status, words.we_wordc, words.we_wordv[2]);
  wordfree(&words);
  return 0;
}
