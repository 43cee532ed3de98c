/* expect: not-musl sets optopt to the letter of an ambiguous or unknown long option */
/* Long options after one hyphen: whole, shortened, with values, beside short ones, and those that are none. */
#define _GNU_SOURCE
#include <getopt.h>
#include <stdio.h>

int main(void) {
  int flag = 0, c, index;
  struct option options[] = {{"alpha", no_argument, NULL, 1000}, {"alphabet", required_argument, NULL, 1001}, {"beta", optional_argument, NULL, 1002}, {"gamma", no_argument, &flag, 5}, {0}};
  char *argv[] = {"prog", "-alpha", "-alphabet", "x", "-alphabe=y", "-beta", "-beta=z", "--gam", "-q", "-qr", "-vvalue", "operand", "-b", "-zeta", "-q", "--", "-alpha", NULL};
  int argc = sizeof argv / sizeof *argv - 1;
  opterr = 0;
  while (index = -1, optopt = 0, (c = getopt_long_only(argc, argv, "qrv:", options, &index)) != -1)
    printf("%d %d %s %d\n", c, index, optarg ? optarg : "-", c == '?' ? optopt : 0);
  printf("%d", flag);
  for (; optind < argc; optind++) printf(" %s", argv[optind]);
  puts("");
  return 0;
}
