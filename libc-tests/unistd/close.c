/* expect: not-glibc does not have posix_close and posix_getdents
   expect: not-musl has posix_getdents from 1.2.6 on
   posix_close always gives the descriptor back; posix_getdents fills a buffer with entries. */
#define _POSIX_C_SOURCE 202405L
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
  int fd = open("file", O_RDWR | O_CREAT, 0600);
  printf("%d\n", posix_close(fd, 0));
  printf("%d", posix_close(fd, 0));
  printf(" %d\n", errno == EBADF);
  mkdir("d", 0700);
  close(creat("d/one", 0600));
  close(creat("d/two", 0600));
  int dir = open("d", O_RDONLY | O_DIRECTORY);
  char b[1024];
  int seen = 0;
  for (ssize_t n; (n = posix_getdents(dir, b, sizeof b, 0)) > 0;)
    for (ssize_t at = 0; at < n;) {
      struct posix_dent *e = (struct posix_dent *)(b + at);
      seen += !strcmp(e->d_name, "one") ? e->d_type == DT_REG : !strcmp(e->d_name, "two") ? 10 : !strcmp(e->d_name, ".") ? 100 : !strcmp(e->d_name, "..") ? 1000 : 10000;
      at += e->d_reclen;
    }
  printf("%d\n", seen);
  printf("%zd", posix_getdents(-1, b, sizeof b, 0));
  printf(" %d\n", errno == EBADF);
  printf("%zd", posix_getdents(dir, b, sizeof b, 99));
  printf(" %d\n", errno == EINVAL);
  printf("%d\n", posix_close(dir, 0));
  return 0;
}
