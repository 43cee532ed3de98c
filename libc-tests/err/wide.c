/* expect: not-musl it has no error.h */
/* err.h and error.h report on a wide stderr as well. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <error.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include <wchar.h>

int main(void) {
  program_invocation_name = program_invocation_short_name = "prog";
  dup2(1, 2);
  fwprintf(stderr, L"wide first\n");
  warnx("hello %d", 1);
  errno = ENOENT;
  warn("file %s", "x");
  error(0, ENOENT, "open %s", "y");
  error_at_line(0, 0, "f.c", 2147483647u, "last of %c", 'z');
  error_at_line(0, 0, "f.c", 0, "first");
  errno = EACCES;
  perror("z");
  psignal(SIGINT, "sig");
  printf("%d\n", fwide(stderr, 0) > 0);
  return 0;
}
