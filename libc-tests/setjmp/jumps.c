/* longjmp: values, nesting, the signal mask with sigsetjmp. */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>

static jmp_buf outer, inner;
static sigjmp_buf masked;

static void deep(int n) {
  volatile char space[100];
  space[0] = (char)n;
  if (n == 0) longjmp(inner, 5);
  deep(n - 1);
  space[1] = space[0];
}

int main(void) {
  volatile int rounds = 0;
  volatile double kept = 1.5;
  int value = setjmp(outer);
  printf("outer %d\n", value);
  if (value < 3) {
    rounds++;
    int in = setjmp(inner);
    if (in == 0) deep(20);
    printf("inner %d\n", in);
    longjmp(outer, value + 1);
  }
  printf("rounds %d kept %g\n", rounds, kept);
  value = setjmp(outer);
  printf("zero becomes %d\n", value);
  if (value == 0) longjmp(outer, 0);

  sigset_t set, now;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  if (sigsetjmp(masked, 1) == 0) {
    sigprocmask(SIG_BLOCK, &set, 0);
    siglongjmp(masked, 1);
  }
  sigprocmask(SIG_BLOCK, 0, &now);
  printf("restored: blocked %d\n", sigismember(&now, SIGUSR1));
  if (sigsetjmp(masked, 0) == 0) {
    sigprocmask(SIG_BLOCK, &set, 0);
    siglongjmp(masked, 1);
  }
  sigprocmask(SIG_BLOCK, 0, &now);
  printf("not saved: blocked %d\n", sigismember(&now, SIGUSR1));
  return 0;
}
