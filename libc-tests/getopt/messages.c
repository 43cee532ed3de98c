/* expect: not-musl its messages are other ones
   The messages of getopt_long and getopt_long_only name the whole argument, and the options that it may be meant for; an
   empty list of long options is not the same as none. */
#define _GNU_SOURCE
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void run(int only, const struct option *longs, const char *options, int argc, char **argv) {
  int c;
  FILE *messages = tmpfile();
  dup2(fileno(messages), 2);
  optind = 0;
  while ((c = only ? getopt_long_only(argc, argv, options, longs, NULL) : getopt_long(argc, argv, options, longs, NULL)) != -1)
    printf("%d(%s) ", c, c != '?' && optarg ? optarg : "");
  printf("| %d\n", optind);
  rewind(messages);
  char line[4096];
  while (fgets(line, sizeof line, messages)) printf("%s", line);
  fclose(messages);
}

int main(void) {
  static const struct option longs[] = {{"append", 0, 0, 1}, {"add", 0, 0, 2}, {"addition", 0, 0, 2}, {"verb", 1, 0, 'v'}, {"verbose", 1, 0, 'v'}, {0, 0, 0, 0}};
  static const struct option empty[] = {{0, 0, 0, 0}};
  char very_long[1200] = "--";
  memset(very_long + 2, 'x', sizeof very_long - 3);
  char *unknown[] = {"p", "--none=5", "--a", "--a=6", "--=x", "--ad=7", "--append=8", "--ver=9", very_long, 0};
  run(0, longs, "v:", 9, unknown);
  run(1, longs, "v:", 9, unknown);
  char *one_dash[] = {"p", "-none=5", "-ver=3", "-adx", "-v", "4", "-W", 0};
  run(1, longs, "v:W;", 7, one_dash);
  char *spelled[] = {"p", "-Wadd=1", "-Wverb=2", "-W", "addi", "-addi", "-W", "a", 0};
  run(1, longs, "v:W;", 8, spelled);
  run(1, longs + 1, "v:W;", 8, spelled);
  char *words[] = {"p", "--file", "-a", "-Wname", "--", "-a", 0};
  run(0, empty, "aW;", 6, words);
  run(0, NULL, "aW;", 6, words);
  run(1, empty, "a", 6, words);
  return 0;
}
