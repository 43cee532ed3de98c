/* Attributes by descriptor taken away, and those of a link listed, where the file system has attributes. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
#define FAILS(E, C) (errno = 0, CHECK((C) == -1 && errno == E))

int main(void) {
  int failed = 0, fd = open("f", O_CREAT | O_RDWR, 0600);
  char list[256], value[8];
  CHECK(symlink("f", "l") == 0);
  FAILS(EBADF, fremovexattr(-1, "user.a"));
  FAILS(ENOENT, llistxattr("none", list, sizeof list));
  if (fsetxattr(fd, "user.a", "1", 1, 0) == -1) return errno != ENOTSUP && errno != ENOSYS || failed;
  ssize_t n = llistxattr("f", list, sizeof list);
  CHECK(n >= 7 && memmem(list, n, "user.a", 7) && llistxattr("f", NULL, 0) == n);
  FAILS(ERANGE, llistxattr("f", list, 3));
  n = llistxattr("l", list, sizeof list);
  CHECK(n >= 0 && !memmem(list, n, "user.a", 7));
  CHECK(fremovexattr(fd, "user.a") == 0);
  FAILS(ENODATA, fremovexattr(fd, "user.a"));
  FAILS(ENODATA, fgetxattr(fd, "user.a", value, sizeof value));
  return failed;
}
