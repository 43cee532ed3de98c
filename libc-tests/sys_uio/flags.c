/* expect: not-musl it has neither */
/* preadv2 and pwritev2: the position of the file at -1, flags, where the kernel has them. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0, fd = open("f", O_RDWR | O_CREAT, 0600);
  char a[3], b[5];
  struct iovec out[] = {{"abc", 3}, {"defgh", 5}}, in[] = {{a, 3}, {b, 5}};
  CHECK(pwritev2(fd, out, 2, 4, 0) == 8 && lseek(fd, 0, SEEK_CUR) == 0);
  CHECK(preadv2(fd, in, 2, 4, 0) == 8 && !memcmp(a, "abc", 3) && !memcmp(b, "defgh", 5) && lseek(fd, 0, SEEK_CUR) == 0);
  CHECK(pwritev64v2(fd, out, 1, -1, 0) == 3 && lseek(fd, 0, SEEK_CUR) == 3);
  CHECK(preadv64v2(fd, in, 1, -1, 0) == 3 && !memcmp(a, "\0ab", 3) && lseek(fd, 0, SEEK_CUR) == 6);
  errno = 0;
  CHECK(preadv2(fd, in, 2, 4, 1 << 20) == -1 && (errno == EOPNOTSUPP || errno == EINVAL));
  errno = 0;
  CHECK(pwritev2(-1, out, 2, 4, 0) == -1 && errno == EBADF);
  return failed;
}
