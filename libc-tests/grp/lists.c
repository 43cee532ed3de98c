/* expect: shared-glibc looks users up in libraries that it loads */
/* The groups of a user: their number, and a room that is too small. */
#define _GNU_SOURCE
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0, count = 100, none = 0;
  gid_t list[100];
  int n = getgrouplist("root", 0, list, &count);
  CHECK(n >= 1 && n == count && list[0] == 0);
  CHECK(getgrouplist("root", 0, list, &none) == -1 && none == n);
  count = 100;
  CHECK(getgrouplist("no such user", 77, list, &count) == 1 && count == 1 && list[0] == 77);
  return failed;
}
