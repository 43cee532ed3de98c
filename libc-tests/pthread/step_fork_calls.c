/* A fork while another thread is in one of some calls leaves a child that can make the same call.
   expect: not-glibc its child waits for locks that the parent's threads hold */
#include "step_fork.h"
#include <locale.h>
#include <stdlib.h>

static int which;

static void nothing(void) {}

static void calls(void) {
  time_t now = 0;
  struct tm parts;
  if (which == 0) atexit(nothing);
  if (which == 1) setenv("A", "b", 1);
  if (which == 2) tzset(), localtime_r(&now, &parts);
  if (which == 3) setlocale(LC_ALL, "C.UTF-8");
}

static int calls_too(void) {
  calls();
  return 0;
}

int main(void) {
  int wrong = 0;
  step_fork_init();
  for (int at = 1; at < 400 && !wrong; at += 5) {
    which = at % 4;
    wrong += !step_fork_during(at, calls, calls_too, NULL);
  }
  printf("wrong: %d\n", wrong);
  return wrong != 0;
}
