/* expect: not-glibc has getdents64 only */
/* getdents: the records of a directory, and what it refuses. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
#define FAILS(E, C) (errno = 0, CHECK((C) == -1 && errno == E))

int main(void) {
  int failed = 0, seen = 0, n;
  CHECK(mkdir("d", 0700) == 0);
  close(open("d/file", O_CREAT | O_WRONLY, 0600));
  int fd = open("d", O_RDONLY | O_DIRECTORY);
  _Alignas(struct dirent) char room[4096];
  while ((n = getdents(fd, (struct dirent *)room, sizeof room)) > 0)
    for (int at = 0; at < n;) {
      struct dirent *entry = (struct dirent *)(room + at);
      seen += !strcmp(entry->d_name, ".") ? 1 : !strcmp(entry->d_name, "..") ? 10 : !strcmp(entry->d_name, "file") && entry->d_type == DT_REG ? 100 : 1000;
      CHECK(entry->d_reclen % 8 == 0);
      at += entry->d_reclen;
    }
  CHECK(n == 0 && seen == 111 && lseek(fd, 0, SEEK_SET) == 0);
  FAILS(EINVAL, getdents(fd, (struct dirent *)room, 4));
  FAILS(EBADF, getdents(-1, (struct dirent *)room, sizeof room));
  FAILS(ENOTDIR, getdents(open("d/file", O_RDONLY), (struct dirent *)room, sizeof room));
  return failed;
}
