/* A fork while another thread is at any instruction of pthread_join leaves a child that can start threads. */
#include "step_fork.h"

static pthread_t ended;

static void *ends(void *argument) { return argument; }

static void joins(void) { pthread_join(ended, 0); }

static int starts_one(void) {
  pthread_t thread;
  return pthread_create(&thread, &step_small, ends, 0) || pthread_join(thread, 0);
}

int main(void) {
  int wrong = 0, held = 1;
  step_fork_init();
  for (int at = 1; at < 80 && held && !wrong; at++) {
    pthread_create(&ended, &step_small, ends, 0);
    wrong += !step_fork_during(at, joins, starts_one, &held);
  }
  printf("wrong: %d\n", wrong);
  return wrong != 0;
}
