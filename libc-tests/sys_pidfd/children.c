/* expect: not-musl it has no sys/pidfd.h */
/* A child by its descriptor: signalled and waited for, its descriptors taken, where the kernel has that. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
#define FAILS(E, C) (errno = 0, CHECK((C) == -1 && errno == E))

int main(void) {
  int failed = 0, status = -1, ends[2];
  CHECK(pipe(ends) == 0);
  pid_t child = fork();
  if (child == 0) {
    close(ends[1]);
    char c;
    read(ends[0], &c, 1);
    for (;;) pause();
  }
  int fd = pidfd_open(child, 0);
  if (fd == -1 && errno == ENOSYS) {
    kill(child, SIGKILL);
    return waitpid(child, NULL, 0) != child || failed;
  }
  CHECK(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
  FAILS(ESRCH, pidfd_open(4000000, 0));
  FAILS(EINVAL, pidfd_open(-1, 0));
  FAILS(EINVAL, pidfd_open(child, 1));
  int copy = pidfd_getfd(fd, ends[0], 0);
  CHECK(copy >= 0 ? fcntl(copy, F_GETFD) == FD_CLOEXEC : errno == ENOSYS || errno == EPERM);
  if (copy >= 0) FAILS(EBADF, pidfd_getfd(fd, 999, 0));
  CHECK(pidfd_getfd(-1, 0, 0) == -1 && (errno == EBADF || errno == ENOSYS));
  int sent = pidfd_send_signal(fd, 0, NULL, 0);
  if (sent == -1 && errno == ENOSYS)
    kill(child, SIGTERM);
  else {
    CHECK(sent == 0 && pidfd_send_signal(fd, SIGTERM, NULL, 0) == 0);
    FAILS(EINVAL, pidfd_send_signal(fd, SIGTERM, NULL, 1 << 20));
    FAILS(EBADF, pidfd_send_signal(-1, SIGTERM, NULL, 0));
  }
  struct pollfd p = {fd, POLLIN, 0};
  CHECK(poll(&p, 1, -1) == 1 && p.revents & POLLIN);
  CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
  return failed;
}
