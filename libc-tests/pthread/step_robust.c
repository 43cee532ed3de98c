/* A robust mutex that is given up while another thread is at any instruction of a lock call is not given to that thread. */
#include "step.h"
#include <errno.h>

static pthread_mutex_t mutex;
static atomic_int result;

static void *dies(void *argument) {
  pthread_mutex_lock(&mutex);
  return argument;
}

static void *stepped(void *argument) {
  STEP_ON();
  int r = pthread_mutex_trylock(&mutex);
  STEP_OFF();
  result = r;
  return argument;
}

int main(void) {
  int wrong = 0;
  pthread_mutexattr_t attributes;
  step_init();
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  for (int k = 1; k < 400; k++) {
    pthread_t thread;
    pthread_mutex_init(&mutex, &attributes);
    result = -1;
    step_prepare(k);
    pthread_create(&thread, 0, dies, 0);
    pthread_join(thread, 0);
    if (pthread_mutex_lock(&mutex) != EOWNERDEAD) wrong++;
    pthread_create(&thread, 0, stepped, 0);
    while (!step_held && result < 0) step_pause();
    int held = step_held;
    pthread_mutex_unlock(&mutex); /* not made consistent */
    step_go = 1;
    pthread_join(thread, 0);
    if (result != EBUSY && result != ENOTRECOVERABLE) wrong++;
    if (!held) break;
  }
  printf("wrong: %d\n", wrong);
  return wrong != 0;
}
