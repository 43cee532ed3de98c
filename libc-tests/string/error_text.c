/* The strerror_r of POSIX: an error number, and the text as far as it fits. */
#undef _GNU_SOURCE
#define _POSIX_C_SOURCE 202405L
#include <errno.h>
#include <stdio.h>
#include <string.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0;
  char b[64];
  int (*f)(int, char *, size_t) = strerror_r;
  CHECK(f(EACCES, b, sizeof b) == 0 && !strcmp(b, "Permission denied"));
  memset(b, 'x', sizeof b);
  CHECK(f(EACCES, b, 6) == ERANGE && b[6] == 'x' && strnlen(b, 6) < 6);
  return failed;
}
