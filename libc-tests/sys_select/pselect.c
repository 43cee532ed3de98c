/* pselect and ppoll: what is ready, time limits, and the mask while they wait. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/select.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static volatile sig_atomic_t got;
static void note(int n) { got++; }

int main(void) {
  int failed = 0, p[2];
  pipe(p);
  fd_set r, w;
  struct timespec none = {0, 0}, limit = {5, 0}, bad = {0, 1000000000};
  struct timespec kept = limit;
  sigset_t usr1, empty;
  sigemptyset(&empty);
  sigemptyset(&usr1);
  sigaddset(&usr1, SIGUSR1);
  FD_ZERO(&r);
  FD_ZERO(&w);
  FD_SET(p[0], &r);
  FD_SET(p[1], &w);
  CHECK(pselect(p[1] + 1, &r, &w, NULL, &limit, NULL) == 1 && !FD_ISSET(p[0], &r) && FD_ISSET(p[1], &w));
  CHECK(limit.tv_sec == kept.tv_sec && limit.tv_nsec == kept.tv_nsec);
  FD_ZERO(&r);
  FD_SET(p[0], &r);
  CHECK(pselect(p[0] + 1, &r, NULL, NULL, &none, NULL) == 0 && !FD_ISSET(p[0], &r));
  errno = 0;
  CHECK(pselect(0, NULL, NULL, NULL, &bad, NULL) == -1 && errno == EINVAL);
  errno = 0;
  CHECK(pselect(-1, NULL, NULL, NULL, &none, NULL) == -1 && errno == EINVAL);
  FD_ZERO(&r);
  FD_SET(40, &r);
  errno = 0;
  CHECK(pselect(41, &r, NULL, NULL, &none, NULL) == -1 && errno == EBADF);
  /* A blocked signal that the call's mask lets through interrupts it, and is handled inside of it. */
  signal(SIGUSR1, note);
  sigprocmask(SIG_BLOCK, &usr1, NULL);
  raise(SIGUSR1);
  CHECK(got == 0);
  errno = 0;
  CHECK(pselect(0, NULL, NULL, NULL, &limit, &empty) == -1 && errno == EINTR && got == 1);
  raise(SIGUSR1);
  struct pollfd f = {p[0], POLLIN, 0};
  errno = 0;
  CHECK(got == 1 && ppoll(&f, 1, &limit, &empty) == -1 && errno == EINTR && got == 2);
  CHECK(ppoll(&f, 1, &none, NULL) == 0 && write(p[1], "x", 1) == 1 && ppoll(&f, 1, NULL, &usr1) == 1 && f.revents == POLLIN);
  f.fd = -3;
  CHECK(ppoll(&f, 1, &none, NULL) == 0 && f.revents == 0);
  f.fd = 901;
  CHECK(ppoll(&f, 1, &none, NULL) == 1 && f.revents == POLLNVAL);
  sigset_t now;
  sigprocmask(SIG_BLOCK, NULL, &now);
  CHECK(sigismember(&now, SIGUSR1));
  return failed;
}
