/* Shell patterns. */
#include <fnmatch.h>
#include <stdio.h>

int main(void) {
  static const struct {
    const char *pattern, *string;
    int flags, expected;
  } cases[] = {
      {"*.c", "a.c", 0, 0}, {"*.c", "a.h", 0, 1}, {"a?c", "abc", 0, 0}, {"[a-c]*", "cat", 0, 0}, {"[!a-c]*", "cat", 0, 1},
      {"*", "a/b", FNM_PATHNAME, 1}, {"*/b", "a/b", FNM_PATHNAME, 0}, {"*", ".x", FNM_PERIOD, 1}, {".*", ".x", FNM_PERIOD, 0},
      {"\\*", "*", 0, 0}, {"\\*", "\\x", FNM_NOESCAPE, 0}, {"[[:digit:]]x", "7x", 0, 0}, {"a*b*c", "aXbYc", 0, 0}, {"[]]", "]", 0, 0},
      {"a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0, 1},
  };
  int wrong = 0;
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    int result = fnmatch(cases[i].pattern, cases[i].string, cases[i].flags) != 0;
    printf("%s %s %d: %d\n", cases[i].pattern, cases[i].string, cases[i].flags, result);
    wrong |= result != cases[i].expected;
  }
  return wrong;
}
