/* fork in a signal handler of a program with one thread, whatever call the signal has interrupted: POSIX.1-2017 has fork in its list of
   async-signal-safe functions. */
#include "step.h"
#include <stdlib.h>
#include <sys/wait.h>

static FILE *out;
static volatile int count, target, forked;

static void trap(int signal, siginfo_t *info, void *context) {
  ucontext_t *interrupted = context;
  if (++count == target) {
    forked = 1;
    pid_t child = fork();
    if (child == 0) _exit(0);
    waitpid(child, 0, 0);
  }
  if (count >= target) interrupted->uc_mcontext.gregs[REG_EFL] &= ~TRAP_FLAG;
}

static void call(int which) {
  if (which == 0) free(malloc(100000));
  if (which == 1) fputs("text\n", out);
}

int main(void) {
  struct sigaction action = {.sa_sigaction = trap, .sa_flags = SA_SIGINFO};
  sigaction(SIGTRAP, &action, 0);
  out = fopen("/dev/null", "w");
  for (int which = 0; which < 2; which++) {
    int hangs = 0;
    /* The locks are held for more than five instructions. */
    for (int k = 1; k < 200 && !hangs; k += 5) {
      int status = 0;
      pid_t child = fork();
      if (child == 0) {
        count = forked = 0, target = k;
        STEP_ON();
        call(which);
        STEP_OFF();
        _exit(forked ? 0 : 77);
      }
      /* fork blocks all signals while it waits: no alarm would end it. */
      if (!STEP_WAIT(waitpid(child, &status, WNOHANG) == child)) {
        hangs = 1;
        kill(child, SIGKILL);
        waitpid(child, 0, 0);
      } else if (status == 77 << 8) {
        break;
      } else if (status) {
        hangs = 1;
      }
    }
    printf("%d: %s\n", which, hangs ? "hangs" : "fine");
    if (hangs) return 1;
  }
  return 0;
}
