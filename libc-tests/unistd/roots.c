/* pivot_root refuses what cannot be a root. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
#define FAILS(E, C) (errno = 0, CHECK((C) == -1 && errno == E))
extern int pivot_root(const char *, const char *);

int main(void) {
  int failed = 0;
  CHECK(mkdir("new", 0700) == 0);
  FAILS(ENOENT, pivot_root("none", "new"));
  FAILS(ENOENT, pivot_root("new", "none"));
  CHECK(pivot_root("new", "new") == -1 && (errno == EBUSY || errno == EINVAL));
  return failed;
}
