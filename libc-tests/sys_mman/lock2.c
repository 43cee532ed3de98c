/* mlock2 with its flag, and what it refuses. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
#define FAILS(E, C) (errno = 0, CHECK((C) == -1 && errno == E))

int main(void) {
  int failed = 0;
  char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(p != MAP_FAILED && mlock2(p, 4096, 0) == 0 && mlock2(p, 8192, MLOCK_ONFAULT) == 0);
  p[0] = p[4096] = 1;
  CHECK(munlock(p, 8192) == 0);
  FAILS(EINVAL, mlock2(p, 4096, 64));
  CHECK(munmap(p, 8192) == 0);
  FAILS(ENOMEM, mlock2(p, 4096, 0));
  return failed;
}
