/* expect: not-glibc its getopt moves operands behind the options, where POSIX stops at the first
   getopt() and operands: it stops at the first, whatever follows, and leaves argv alone. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0;
  char *words[] = {"p", "-a", "-f", "x", "one", "-a", "two", 0};
  opterr = 0;
  for (int start = 0; start < 2; start++) {
    const char *options = start ? "+af:" : "af:";
    optind = 1;
    CHECK(getopt(7, words, options) == 'a');
    CHECK(getopt(7, words, options) == 'f' && !strcmp(optarg, "x"));
    CHECK(getopt(7, words, options) == -1 && optind == 4);
    CHECK(getopt(7, words, options) == -1 && optind == 4);
  }
  CHECK(!strcmp(words[4], "one") && !strcmp(words[5], "-a") && !strcmp(words[6], "two"));
  /* "--" ends the options and is passed over; "-" is an operand. */
  char *ended[] = {"p", "-a", "--", "-a", 0}, *dash[] = {"p", "-a", "-", "-a", 0};
  optind = 1;
  CHECK(getopt(4, ended, "a") == 'a' && getopt(4, ended, "a") == -1 && optind == 3);
  optind = 1;
  CHECK(getopt(4, dash, "a") == 'a' && getopt(4, dash, "a") == -1 && optind == 2);
  /* With a "-" first, operands are options. */
  char *mixed[] = {"p", "one", "-a", "two", 0};
  optind = 1;
  CHECK(getopt(4, mixed, "-a") == 1 && !strcmp(optarg, "one"));
  CHECK(getopt(4, mixed, "-a") == 'a');
  CHECK(getopt(4, mixed, "-a") == 1 && !strcmp(optarg, "two"));
  CHECK(getopt(4, mixed, "-a") == -1 && optind == 4);
  /* What is wrong. */
  char *wrong[] = {"p", "-x", "-f", 0};
  optind = 1;
  CHECK(getopt(3, wrong, "f:") == '?' && optopt == 'x' && getopt(3, wrong, "f:") == '?' && optopt == 'f');
  optind = 1;
  CHECK(getopt(3, wrong, ":f:") == '?' && getopt(3, wrong, ":f:") == ':' && optopt == 'f' && getopt(3, wrong, ":f:") == -1);
  /* A null pointer ends the arguments before their number does. */
  char *early[] = {"p", "-a", 0, "-a", 0};
  optind = 1;
  CHECK(getopt(4, early, "a") == 'a' && getopt(4, early, "a") == -1 && optind == 2);
  return failed;
}
