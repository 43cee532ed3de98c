/* expect: not-musl it has none of these */
/* The masks of BSD, and signal's one-shot form. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static volatile int calls;
static void count(int number) { calls += number; }
static int flags(int number) {
  struct sigaction now;
  return sigaction(number, NULL, &now) ? -1 : now.sa_flags & (SA_RESTART | SA_RESETHAND | SA_NODEFER);
}

int main(void) {
  int failed = 0;
  CHECK(siggetmask() == 0 && sigblock(sigmask(SIGHUP)) == 0 && siggetmask() == sigmask(SIGHUP));
  CHECK(sigblock(sigmask(SIGUSR1)) == sigmask(SIGHUP) && siggetmask() == (sigmask(SIGHUP) | sigmask(SIGUSR1)));
  CHECK(ssignal(SIGUSR1, count) == SIG_DFL && flags(SIGUSR1) == SA_RESTART && raise(SIGUSR1) == 0 && calls == 0);
  CHECK(sigsetmask(sigmask(SIGTERM)) == (sigmask(SIGHUP) | sigmask(SIGUSR1)) && calls == SIGUSR1 && siggetmask() == sigmask(SIGTERM));
  CHECK(sigsetmask(0) == sigmask(SIGTERM) && siggetmask() == 0);
  CHECK(ssignal(SIGUSR1, SIG_IGN) == count);
  CHECK(sysv_signal(SIGUSR1, count) == SIG_IGN && flags(SIGUSR1) == (SA_RESETHAND | SA_NODEFER));
  CHECK(raise(SIGUSR1) == 0 && calls == 2 * SIGUSR1 && sysv_signal(SIGUSR1, SIG_DFL) == SIG_DFL);
  errno = 0;
  CHECK(sysv_signal(SIGKILL, count) == SIG_ERR && errno == EINVAL);
  errno = 0;
  CHECK(ssignal(0, count) == SIG_ERR && errno == EINVAL);
  /* A signal to one thread. */
  ssignal(SIGUSR2, count);
  calls = 0;
  CHECK(tgkill(getpid(), gettid(), SIGUSR2) == 0 && calls == SIGUSR2 && tgkill(getpid(), gettid(), 0) == 0);
  errno = 0;
  CHECK(tgkill(getpid(), gettid(), 99) == -1 && errno == EINVAL);
  errno = 0;
  CHECK(tgkill(-1, gettid(), 0) == -1 && errno == EINVAL);
  return failed;
}
