/* Contexts: switching back and forth, arguments, the successor.
   expect: not-musl it has no such functions */
#include <assert.h>
#include <stdio.h>
#include <ucontext.h>

static ucontext_t back, other;
static char stack[65536];
static int steps;

static void work(int a, int b, int c, int d, int e, int f, int g, int h)
{
  double x = 1.5;
  printf("arguments: %d %d %d %d %d %d %d %d\n", a, b, c, d, e, f, g, h);
  for (steps = 1; steps < 4; steps++) {
    x *= 2;
    swapcontext(&other, &back);
  }
  printf("x: %.1f\n", x);
}

int main(void)
{
  volatile int passes = 0;
  assert(getcontext(&other) == 0);
  other.uc_stack.ss_sp = stack;
  other.uc_stack.ss_size = sizeof stack;
  other.uc_link = &back;
  makecontext(&other, (void (*)(void))work, 8, 1, 2, 3, 4, 5, 6, 7, 8);
  do {
    passes++;
    assert(swapcontext(&back, &other) == 0);
  } while (steps < 4);
  printf("passes: %d\n", passes);

  passes = 0;
  assert(getcontext(&back) == 0);
  if (++passes < 3)
    setcontext(&back);
  printf("resumed: %d\n", passes);
  return 0;
}
