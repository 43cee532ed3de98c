/* expect: not-musl it has none of these */
/* What glibc adds: the library's version, groups, ends of the program, ranges of descriptors. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
#define FAILS(E, C) (errno = 0, CHECK((C) == -1 && errno == E))
static int failed;
static void at_end(int status, void *text) { printf("%s %d\n", (char *)text, status); }

int main(void) {
  int major = 0, minor = 0, status = -1;
  CHECK(sscanf(gnu_get_libc_version(), "%d.%d", &major, &minor) == 2 && major == 2 && minor >= 36);
  CHECK(!strcmp(gnu_get_libc_release(), "stable"));
  gid_t groups[NGROUPS_MAX];
  int count = getgroups(NGROUPS_MAX, groups), own = 0;
  for (int i = 0; i < count; i++) {
    CHECK(group_member(groups[i]) == 1);
    own |= groups[i] == getegid();
  }
  CHECK(group_member(getegid()) == own && group_member(987654321) == 0);
  /* The functions of on_exit run in the reverse order, and are told the status. */
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    CHECK(on_exit(at_end, "first") == 0 && on_exit(at_end, "second") == 0);
    exit(6 + failed);
  }
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 6);
  char room[PATH_MAX], other[PATH_MAX];
  CHECK(getwd(room) == room && getcwd(other, sizeof other) == other && !strcmp(room, other));
  errno = 0;
  CHECK(getwd(NULL) == NULL && errno == EINVAL);
  /* Ranges of descriptors. */
  for (int fd = 10; fd < 20; fd++) CHECK(dup2(1, fd) == fd);
  CHECK(close_range(12, 14, 0) == 0 && fcntl(11, F_GETFD) == 0 && fcntl(15, F_GETFD) == 0);
  for (int fd = 12; fd <= 14; fd++) FAILS(EBADF, fcntl(fd, F_GETFD));
  CHECK(close_range(15, 16, CLOSE_RANGE_CLOEXEC) == 0 && fcntl(15, F_GETFD) == FD_CLOEXEC && fcntl(17, F_GETFD) == 0);
  FAILS(EINVAL, close_range(5, 4, 0));
  FAILS(EINVAL, close_range(5, 6, 1 << 20));
  closefrom(15);
  for (int fd = 15; fd < 20; fd++) FAILS(EBADF, fcntl(fd, F_GETFD));
  CHECK(fcntl(11, F_GETFD) == 0);
  closefrom(10);
  FAILS(EBADF, fcntl(10, F_GETFD));
  return failed;
}
