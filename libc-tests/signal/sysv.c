/* The signal functions of System V and sets put together. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
typedef void (*handler)(int);
extern handler bsd_signal(int, handler);
/* What the header redirects sigpause to, the same with a mask, and both in one. */
extern int __xpg_sigpause(int), __sigpause(int, int);
static volatile int calls;
static void count(int number) { calls += number; }
static int blocked(int number) {
  sigset_t now;
  return sigprocmask(SIG_SETMASK, NULL, &now) ? -1 : sigismember(&now, number);
}
static int flags(int number) {
  struct sigaction now;
  return sigaction(number, NULL, &now) ? -1 : now.sa_flags & (SA_RESTART | SA_RESETHAND | SA_NODEFER);
}

int main(void) {
  int failed = 0;
  CHECK(bsd_signal(SIGUSR1, count) == SIG_DFL && flags(SIGUSR1) == SA_RESTART && raise(SIGUSR1) == 0 && calls == SIGUSR1);
  errno = 0;
  CHECK(bsd_signal(SIGKILL, count) == SIG_ERR && errno == EINVAL);
  CHECK(bsd_signal(SIGUSR1, count) == count);
  errno = 0;
  CHECK(bsd_signal(99, count) == SIG_ERR && errno == EINVAL);
  /* With and without restart. */
  CHECK(siginterrupt(SIGUSR1, 1) == 0 && flags(SIGUSR1) == 0 && siginterrupt(SIGUSR1, 0) == 0 && flags(SIGUSR1) == SA_RESTART);
  errno = 0;
  CHECK(siginterrupt(99, 1) == -1 && errno == EINVAL);
  /* Held signals wait. */
  CHECK(sighold(SIGUSR1) == 0 && blocked(SIGUSR1) == 1 && blocked(SIGUSR2) == 0);
  CHECK(raise(SIGUSR1) == 0 && calls == SIGUSR1 && sigrelse(SIGUSR1) == 0 && calls == 2 * SIGUSR1 && blocked(SIGUSR1) == 0);
  errno = 0;
  CHECK(sighold(99) == -1 && errno == EINVAL);
  errno = 0;
  CHECK(sigrelse(0) == -1 && errno == EINVAL);
  CHECK(sigignore(SIGUSR1) == 0 && raise(SIGUSR1) == 0 && calls == 2 * SIGUSR1);
  errno = 0;
  CHECK(sigignore(SIGSTOP) == -1 && errno == EINVAL);
  /* sigset tells what was, or that the signal was held. */
  CHECK(sigset(SIGUSR1, count) == SIG_IGN && sigset(SIGUSR1, SIG_HOLD) == count && blocked(SIGUSR1) == 1);
  CHECK(raise(SIGUSR1) == 0 && calls == 2 * SIGUSR1);
  CHECK(sigset(SIGUSR1, count) == SIG_HOLD && calls == 3 * SIGUSR1 && blocked(SIGUSR1) == 0);
  errno = 0;
  CHECK(sigset(SIGKILL, count) == SIG_ERR && errno == EINVAL);
  /* sigpause lets the held one in, which takes its wait away, and it is held after. */
  CHECK(sighold(SIGUSR1) == 0 && raise(SIGUSR1) == 0);
  errno = 0;
  CHECK(sigpause(SIGUSR1) == -1 && errno == EINTR && calls == 4 * SIGUSR1 && blocked(SIGUSR1) == 1);
#if defined __GLIBC__ || defined __TLIBC__
  CHECK(raise(SIGUSR1) == 0);
  errno = 0;
  CHECK(__xpg_sigpause(SIGUSR1) == -1 && errno == EINTR && calls == 5 * SIGUSR1 && blocked(SIGUSR1) == 1);
  CHECK(raise(SIGUSR1) == 0);
  errno = 0;
  CHECK(__sigpause(SIGUSR1, 1) == -1 && errno == EINTR && calls == 6 * SIGUSR1 && blocked(SIGUSR1) == 1);
  CHECK(raise(SIGUSR1) == 0 && sighold(SIGUSR2) == 0 && bsd_signal(SIGUSR2, count) == SIG_DFL && raise(SIGUSR2) == 0);
  errno = 0;
  CHECK(__sigpause(1 << (SIGUSR2 - 1), 0) == -1 && errno == EINTR && calls == 7 * SIGUSR1 && blocked(SIGUSR1) == 1);
  CHECK(sigrelse(SIGUSR2) == 0 && calls == 7 * SIGUSR1 + SIGUSR2);
  errno = 0;
  CHECK(__xpg_sigpause(99) == -1 && errno == EINVAL);
#endif
  /* Sets. */
  sigset_t a, b, c;
  sigemptyset(&a);
  sigemptyset(&b);
  CHECK(sigisemptyset(&a) == 1);
  sigaddset(&a, SIGHUP);
  sigaddset(&a, SIGUSR2);
  sigaddset(&b, SIGUSR2);
  sigaddset(&b, SIGRTMAX);
  CHECK(sigisemptyset(&a) == 0 && sigandset(&c, &a, &b) == 0);
  CHECK(sigismember(&c, SIGUSR2) == 1 && sigismember(&c, SIGHUP) == 0 && sigismember(&c, SIGRTMAX) == 0);
  CHECK(sigorset(&c, &a, &b) == 0 && sigismember(&c, SIGUSR2) == 1 && sigismember(&c, SIGHUP) == 1 && sigismember(&c, SIGRTMAX) == 1 && sigismember(&c, SIGTERM) == 0);
  sigemptyset(&b);
  CHECK(sigandset(&c, &a, &b) == 0 && sigisemptyset(&c) == 1);
  return failed;
}
