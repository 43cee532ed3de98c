/* The old functions that set times: utime, futimes, lutimes, futimesat; fstatfs. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
#define FAILS(E, C) (errno = 0, CHECK((C) == -1 && errno == E))
static int are(const struct stat *s, long a, long an, long m, long mn) {
  return s->st_atim.tv_sec == a && s->st_atim.tv_nsec == an && s->st_mtim.tv_sec == m && s->st_mtim.tv_nsec == mn;
}

int main(void) {
  int failed = 0, fd = open("f", O_RDWR | O_CREAT, 0600);
  struct stat s, link;
  struct timeval two[] = {{100, 1}, {200, 2}}, bad[] = {{1, 1000000}, {1, 0}};
  CHECK(utime("f", &(struct utimbuf){10, 20}) == 0 && stat("f", &s) == 0 && are(&s, 10, 0, 20, 0));
  time_t before = time(NULL);
  CHECK(utime("f", NULL) == 0 && stat("f", &s) == 0 && s.st_mtime >= before - 1 && s.st_atime >= before - 1);
  FAILS(ENOENT, utime("none", NULL));
  CHECK(futimes(fd, two) == 0 && fstat(fd, &s) == 0 && are(&s, 100, 1000, 200, 2000));
  FAILS(EBADF, futimes(-1, two));
  FAILS(EINVAL, futimes(fd, bad));
  CHECK(symlink("f", "l") == 0);
  two[0].tv_sec = 300;
  CHECK(lutimes("l", two) == 0 && lstat("l", &link) == 0 && are(&link, 300, 1000, 200, 2000) && stat("l", &s) == 0 && are(&s, 100, 1000, 200, 2000));
  FAILS(ENOENT, lutimes("none", two));
  FAILS(EINVAL, lutimes("l", bad));
  int here = open(".", O_RDONLY | O_DIRECTORY);
  two[1].tv_sec = 400;
  CHECK(futimesat(here, "f", two) == 0 && stat("f", &s) == 0 && are(&s, 300, 1000, 400, 2000));
  FAILS(ENOENT, futimesat(here, "none", two));
  FAILS(EBADF, futimesat(-1, "f", two));
  FAILS(EINVAL, futimesat(AT_FDCWD, "f", bad));
  CHECK(futimesat(AT_FDCWD, "f", NULL) == 0 && stat("f", &s) == 0 && s.st_mtime >= before - 1);
  struct statfs a, b;
  CHECK(fstatfs(fd, &a) == 0 && statfs("f", &b) == 0 && a.f_type == b.f_type && a.f_bsize == b.f_bsize && a.f_namelen == b.f_namelen && a.f_namelen >= 255);
  FAILS(EBADF, fstatfs(-1, &a));
  return failed;
}
