/* expect: not-musl it has no epoll_pwait2 */
/* epoll_create with its size, and epoll_pwait2, where the kernel has it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
#define FAILS(E, C) (errno = 0, CHECK((C) == -1 && errno == E))

int main(void) {
  int failed = 0, ends[2];
  FAILS(EINVAL, epoll_create(0));
  FAILS(EINVAL, epoll_create(-1));
  int set = epoll_create(1);
  CHECK(set >= 0 && fcntl(set, F_GETFD) == 0 && pipe(ends) == 0);
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = 77}, got = {0};
  CHECK(epoll_ctl(set, EPOLL_CTL_ADD, ends[0], &event) == 0);
  struct timespec none = {0, 0}, little = {0, 2000000}, bad = {0, 1000000000};
  int n = epoll_pwait2(set, &got, 1, &none, NULL);
  if (n == -1 && errno == ENOSYS) return failed;
  CHECK(n == 0 && epoll_pwait2(set, &got, 1, &little, NULL) == 0);
  FAILS(EINVAL, epoll_pwait2(set, &got, 1, &bad, NULL));
  FAILS(EINVAL, epoll_pwait2(set, &got, 0, &none, NULL));
  FAILS(EBADF, epoll_pwait2(-1, &got, 1, &none, NULL));
  CHECK(write(ends[1], "x", 1) == 1 && epoll_pwait2(set, &got, 1, NULL, NULL) == 1 && got.data.u64 == 77 && got.events == EPOLLIN);
  return failed;
}
