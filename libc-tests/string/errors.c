/* Messages of errors: strerror_r as POSIX has it, whatever the macros say, and perror, which leaves strerror's text alone. */
/* expect: not-glibc with _GNU_SOURCE its strerror_r is another function */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  char text[100] = "", small[5] = "";
  int result = strerror_r(EACCES, text, sizeof text);
  printf("%d %d\n", result, strcmp(text, strerror(EACCES)));
  result = strerror_r(EACCES, small, sizeof small);
  printf("%d %d\n", result == ERANGE, strncmp(small, text, 4));
  const char *unknown = strerror(1729576);
  strcpy(text, unknown);
  if (!freopen("messages", "w", stderr)) return 1;
  errno = -5;
  perror("");
  errno = EACCES;
  perror("x");
  printf("%d\n", strcmp(text, unknown));
  return 0;
}
