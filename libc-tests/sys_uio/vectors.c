/* readv and writev: order, partial ends, empty pieces, bad counts. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0, fd = open("f", O_RDWR | O_CREAT, 0600);
  struct iovec out[] = {{"one", 3}, {"", 0}, {"two!", 4}};
  char a[2], b[4], c[8] = "";
  struct iovec in[] = {{a, 2}, {b, 4}, {c, 8}};
  CHECK(writev(fd, out, 3) == 7 && lseek(fd, 0, SEEK_SET) == 0);
  CHECK(readv(fd, in, 3) == 7 && !memcmp(a, "on", 2) && !memcmp(b, "etwo", 4) && c[0] == '!' && c[1] == 0);
  CHECK(readv(fd, in, 3) == 0 && writev(fd, out, 0) == 0);
  errno = 0;
  CHECK(writev(fd, out, -1) == -1 && errno == EINVAL);
  errno = 0;
  CHECK(readv(fd, in, IOV_MAX + 1) == -1 && errno == EINVAL);
  errno = 0;
  CHECK(readv(-1, in, 1) == -1 && errno == EBADF);
  close(fd);
  return failed;
}
