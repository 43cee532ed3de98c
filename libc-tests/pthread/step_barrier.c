/* A thread that another round overtakes at any instruction of pthread_barrier_wait waits for a partner of its own. */
#include "step.h"

static pthread_barrier_t barrier;
static atomic_int out, ended;

static void *plain(void *argument) {
  pthread_barrier_wait(&barrier);
  out++;
  return argument;
}

static void *stepped(void *argument) {
  STEP_ON();
  pthread_barrier_wait(&barrier);
  STEP_OFF();
  out++, ended = 1;
  return argument;
}

int main(void) {
  int wrong = 0;
  step_init();
  for (int k = 1; k < 100; k++) {
    pthread_t threads[4];
    pthread_barrier_init(&barrier, 0, 2);
    out = ended = 0;
    step_prepare(k);
    pthread_create(&threads[0], 0, stepped, 0);
    /* Beyond the last instruction before it sleeps, nothing holds it. */
    int held = STEP_WAIT_FOR(200, step_held);
    pthread_create(&threads[1], 0, plain, 0);
    pthread_create(&threads[2], 0, plain, 0);
    /* Three cannot all go through: the fourth has not come. */
    STEP_WAIT_FOR(4, out >= 2);
    step_go = 1;
    if (STEP_WAIT_FOR(10, out >= 3)) wrong++;
    pthread_create(&threads[3], 0, plain, 0);
    if (!STEP_WAIT(out == 4)) {
      printf("stuck\n");
      fflush(stdout);
      _exit(1);
    }
    for (int i = 0; i < 4; i++) pthread_join(threads[i], 0);
    pthread_barrier_destroy(&barrier);
    if (!held) break;
  }
  printf("alone: %d\n", wrong);
  return wrong != 0;
}
