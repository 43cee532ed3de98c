/* Descriptors: read, write, seek, pread, dup, pipes, truncation. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
  char path[] = "/tmp/tlibc-files-XXXXXX";
  char buf[32];
  struct stat st;
  int fd, copy, p[2];

  fd = mkstemp(path);
  assert(fd >= 0);
  assert(write(fd, "hello, world", 12) == 12);
  assert(lseek(fd, 7, SEEK_SET) == 7);
  assert(read(fd, buf, sizeof buf) == 5 && memcmp(buf, "world", 5) == 0);
  assert(pread(fd, buf, 5, 0) == 5 && memcmp(buf, "hello", 5) == 0);
  assert(lseek(fd, 0, SEEK_CUR) == 12);
  assert(pwrite(fd, "HELLO", 5, 0) == 5);
  copy = dup(fd);
  assert(copy > fd && lseek(copy, 0, SEEK_CUR) == 12);
  assert(ftruncate(fd, 5) == 0 && fstat(fd, &st) == 0 && st.st_size == 5 && S_ISREG(st.st_mode));
  assert(truncate(path, 9) == 0 && stat(path, &st) == 0 && st.st_size == 9);
  assert(pread(copy, buf, 9, 0) == 9 && memcmp(buf, "HELLO\0\0\0", 9) == 0);
  puts("seek, truncate: ok");

  assert(close(copy) == 0);
  errno = 0;
  assert(close(copy) == -1 && errno == EBADF);
  errno = 0;
  assert(read(copy, buf, 1) == -1 && errno == EBADF);
  errno = 0;
  assert(open("/no/such/file", O_RDONLY) == -1 && errno == ENOENT);
  errno = 0;
  assert(open(path, O_CREAT | O_EXCL | O_WRONLY, 0600) == -1 && errno == EEXIST);
  puts("errors: ok");

  assert(pipe(p) == 0 && write(p[1], "x", 1) == 1 && close(p[1]) == 0);
  assert(read(p[0], buf, 2) == 1 && buf[0] == 'x' && read(p[0], buf, 1) == 0);
  errno = 0;
  assert(lseek(p[0], 0, SEEK_CUR) == -1 && errno == ESPIPE);
  assert(dup2(p[0], 40) == 40 && fcntl(40, F_GETFD) == 0);
  assert(fcntl(40, F_SETFD, FD_CLOEXEC) == 0 && fcntl(40, F_GETFD) == FD_CLOEXEC);
  assert(fcntl(p[0], F_DUPFD, 50) == 50);
  puts("pipes and duplicates: ok");

  assert(access(path, R_OK | W_OK) == 0 && chmod(path, 0400) == 0);
  assert(stat(path, &st) == 0 && (st.st_mode & 0777) == 0400);
  assert(unlink(path) == 0 && fstat(fd, &st) == 0 && st.st_nlink == 0);
  errno = 0;
  assert(stat(path, &st) == -1 && errno == ENOENT);
  puts("modes and removal: ok");
  return 0;
}
