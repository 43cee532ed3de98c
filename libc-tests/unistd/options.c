/* expect: not-musl counts one further after a missing argument */
/* getopt: options together and apart, arguments, the end by "--" and by a word, unknown ones and missing arguments. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void run(const char *options, int argc, char **argv) {
  optind = 1;
  opterr = 0;
  for (int c; (c = getopt(argc, argv, options)) != -1;) {
    printf("%c", c);
    if (optarg && c != '?' && c != ':') printf("=%s", optarg);
    if (c == '?' || c == ':') printf("(%c)", optopt);
    putchar(' ');
    optarg = NULL;
  }
  printf("| %d\n", optind);
}

int main(void) {
#define RUN(OPTIONS, ...)                                             \
  do {                                                                \
    char *argv[] = {"prog", __VA_ARGS__, NULL};                       \
    run(OPTIONS, sizeof argv / sizeof *argv - 1, argv);               \
  } while (0)
  RUN("+ab:c", "-a", "-bvalue", "-c", "word", "-a");
  RUN("+ab:c", "-acb", "value", "rest");
  RUN("+ab:c", "-a", "--", "-c");
  RUN("+ab:c", "-");
  RUN("+ab:c", "-x", "-a");
  RUN("+ab:c", "-b");
  RUN("+:ab:c", "-b");
  RUN("+:ab:c", "-x");
  RUN("+a", "word");
  return 0;
}
