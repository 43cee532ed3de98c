/* expect: not-musl its getopt orders some permuted operands in another way
   Short and long options, permutation, errors. */
#define _GNU_SOURCE
#include <getopt.h>
#include <stdio.h>

static void run(int argc, char **argv, const char *options) {
  static const struct option longs[] = {
      {"verbose", no_argument, 0, 'v'}, {"file", required_argument, 0, 'f'}, {"level", optional_argument, 0, 'l'}, {0, 0, 0, 0}};
  int c;
  optind = 0;
  opterr = 0;
  while ((c = getopt_long(argc, argv, options, longs, 0)) != -1)
    printf("%c(%s) ", c == 1 ? '1' : c, optarg ? optarg : "");
  printf("| %d:", optind);
  for (int i = 1; i < argc; i++) printf(" %s", argv[i]);
  printf("\n");
}

int main(void) {
  char *a[] = {"p", "one", "-v", "two", "--file=x", "-l3", "--level", "three", "--", "-v", 0};
  run(10, a, "vf:l::");
  char *b[] = {"p", "one", "-v", "two", 0};
  run(4, b, "+vf:");
  char *c[] = {"p", "one", "-v", "two", 0};
  run(4, c, "-vf:");
  char *d[] = {"p", "-x", "--nope", "--ver", "--file", 0};
  run(5, d, ":vf:");
  return 0;
}
