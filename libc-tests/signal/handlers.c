/* Handlers, masks, pending signals, siginfo, the alternative stack. */
#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t count, value, on_stack;
static char stack[32768];

static void simple(int sig)
{
  count += sig;
}

static void detailed(int sig, siginfo_t *info, void *context)
{
  (void)context;
  assert(sig == info->si_signo);
  value = info->si_value.sival_int;
  assert(info->si_code == SI_QUEUE && info->si_pid == getpid());
}

static void stacked(int sig)
{
  char here;
  (void)sig;
  on_stack = &here >= stack && &here < stack + sizeof stack;
}

int main(void)
{
  struct sigaction action = { 0 }, old;
  sigset_t set, before;
  union sigval sent = { .sival_int = 42 };
  stack_t alternative = { .ss_sp = stack, .ss_size = sizeof stack };
  int sig, status;
  pid_t child;

  action.sa_handler = simple;
  assert(sigaction(SIGUSR1, &action, &old) == 0 && old.sa_handler == SIG_DFL);
  assert(sigaction(SIGUSR1, NULL, &old) == 0 && old.sa_handler == simple);
  assert(raise(SIGUSR1) == 0 && count == SIGUSR1);
  assert(kill(getpid(), SIGUSR1) == 0 && count == 2 * SIGUSR1);
  assert(signal(SIGUSR1, SIG_IGN) == simple && raise(SIGUSR1) == 0 && count == 2 * SIGUSR1);
  errno = 0;
  assert(sigaction(SIGKILL, &action, NULL) == -1 && errno == EINVAL);
  errno = 0;
  assert(signal(0, simple) == SIG_ERR && errno == EINVAL);
  puts("handlers: ok");

  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  assert(sigprocmask(SIG_BLOCK, &set, &before) == 0 && !sigismember(&before, SIGUSR2));
  signal(SIGUSR2, simple);
  count = 0;
  raise(SIGUSR2);
  assert(count == 0 && sigpending(&before) == 0 && sigismember(&before, SIGUSR2));
  assert(sigwait(&set, &sig) == 0 && sig == SIGUSR2);
  raise(SIGUSR2);
  sigemptyset(&before);
  errno = 0;
  assert(sigsuspend(&before) == -1 && errno == EINTR && count == SIGUSR2);
  assert(sigprocmask(SIG_UNBLOCK, &set, NULL) == 0);
  errno = 0;
  assert(sigprocmask(99, &set, NULL) == -1 && errno == EINVAL);
  puts("masks: ok");

  action.sa_sigaction = detailed;
  action.sa_flags = SA_SIGINFO;
  assert(sigaction(SIGRTMIN, &action, NULL) == 0);
  assert(sigqueue(getpid(), SIGRTMIN, sent) == 0 && value == 42);
  puts("values: ok");

  memset(&action, 0, sizeof action);
  action.sa_handler = stacked;
  action.sa_flags = SA_ONSTACK;
  assert(sigaltstack(&alternative, NULL) == 0 && sigaction(SIGUSR1, &action, NULL) == 0);
  raise(SIGUSR1);
  assert(on_stack == 1);
  puts("alternative stack: ok");

  if ((child = fork()) == 0) {
    signal(SIGTERM, SIG_DFL);
    raise(SIGTERM);
    _exit(1);
  }
  assert(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
  puts("default action: ok");
  return 0;
}
