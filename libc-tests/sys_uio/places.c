/* preadv and pwritev leave the file's position alone. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
#define FAILS(E, C) (errno = 0, CHECK((C) == -1 && errno == E))

int main(void) {
  int failed = 0, fd = open("f", O_RDWR | O_CREAT, 0600), ends[2];
  char a[3], b[5];
  struct iovec out[] = {{"abc", 3}, {"defgh", 5}}, in[] = {{a, 3}, {b, 5}};
  CHECK(pwritev(fd, out, 2, 4) == 8 && lseek(fd, 0, SEEK_CUR) == 0 && lseek(fd, 0, SEEK_END) == 12 && lseek(fd, 2, SEEK_SET) == 2);
  CHECK(preadv(fd, in, 2, 4) == 8 && !memcmp(a, "abc", 3) && !memcmp(b, "defgh", 5) && lseek(fd, 0, SEEK_CUR) == 2);
  CHECK(preadv(fd, in, 2, 10) == 2 && !memcmp(a, "ghc", 3) && preadv(fd, in, 2, 12) == 0 && preadv(fd, in, 1, 0) == 3 && !memcmp(a, "\0\0\0", 3));
  FAILS(EINVAL, preadv(fd, in, 2, -1));
  FAILS(EINVAL, pwritev(fd, in, -1, 0));
  FAILS(EBADF, preadv(-1, in, 2, 0));
  CHECK(pipe(ends) == 0);
  FAILS(ESPIPE, preadv(ends[0], in, 2, 0));
  FAILS(ESPIPE, pwritev(ends[1], out, 2, 0));
  return failed;
}
