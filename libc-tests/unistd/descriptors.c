/* expect: not-musl dup3 takes any flag
   Descriptors: copies, records, synchronisation, programs started by descriptor. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
#define FAILS(E, C) (errno = 0, CHECK((C) == -1 && errno == E))

int main(void) {
  int failed = 0, status, fd = open("f", O_RDWR | O_CREAT, 0600);
  CHECK(dup3(fd, 50, O_CLOEXEC) == 50 && (fcntl(50, F_GETFD) & FD_CLOEXEC) && dup3(fd, 51, 0) == 51 && !(fcntl(51, F_GETFD) & FD_CLOEXEC));
  FAILS(EINVAL, dup3(fd, fd, 0));
  FAILS(EINVAL, dup3(fd, 52, 0x1000));
  FAILS(EBADF, dup3(-1, 52, 0));
  CHECK(write(50, "0123456789", 10) == 10 && lseek(fd, 0, SEEK_CUR) == 10);
  CHECK(!fsync(fd) && !fdatasync(fd));
  sync();
  FAILS(EBADF, fsync(-1));
  FAILS(EBADF, fdatasync(-1));
  int p[2];
  pipe(p);
  FAILS(EINVAL, fsync(p[0]));
  /* Records are a process's. */
  lseek(fd, 2, SEEK_SET);
  CHECK(!lockf(fd, F_LOCK, 4) && !lockf(fd, F_TEST, 4));
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    int mine = open("f", O_RDWR);
    lseek(mine, 4, SEEK_SET);
    errno = 0;
    int ok = lockf(mine, F_TEST, 1) == -1 && (errno == EACCES || errno == EAGAIN);
    errno = 0;
    ok = ok && lockf(mine, F_TLOCK, 1) == -1 && (errno == EACCES || errno == EAGAIN);
    lseek(mine, 6, SEEK_SET);
    ok = ok && !lockf(mine, F_TEST, 0) && !lockf(mine, F_TLOCK, 0) && !lockf(mine, F_ULOCK, 0);
    lseek(mine, 0, SEEK_SET);
    ok = ok && !lockf(mine, F_TEST, 2) && lockf(mine, F_TEST, 3) == -1;
    _exit(!ok);
  }
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  CHECK(!lockf(fd, F_ULOCK, 4));
  FAILS(EINVAL, lockf(fd, 77, 1));
  /* A program by descriptor. */
  int program = open("/bin/sh", O_RDONLY | O_CLOEXEC);
  child = fork();
  if (child == 0) {
    char *const argv[] = {"sh", "-c", "exit $VALUE", NULL}, *const env[] = {"VALUE=6", NULL};
    fexecve(program, argv, env);
    _exit(99);
  }
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 6);
  char *const argv[] = {"x", NULL};
  /* The standard says EBADF. */
  errno = 0;
  CHECK(fexecve(-1, argv, argv) == -1 && (errno == EBADF || errno == EINVAL));
  FAILS(EACCES, fexecve(fd, argv, argv));
  int pair[2];
  CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  FAILS(ENOTTY, sockatmark(fd));
  FAILS(EBADF, sockatmark(-1));
  return failed;
}
