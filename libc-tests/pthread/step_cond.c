/* No signal is lost that is sent while a thread is at any instruction of pthread_cond_wait, nor a request to end. */
#include "step.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static atomic_int done;
static int flag;

static void cleanup(void *argument) {
  pthread_mutex_unlock(&mutex);
  done = 2;
}

static void *stepped(void *argument) {
  pthread_mutex_lock(&mutex);
  pthread_cleanup_push(cleanup, 0);
  while (!flag) {
    STEP_ON();
    pthread_cond_wait(&cond, &mutex);
    STEP_OFF();
  }
  pthread_cleanup_pop(0);
  pthread_mutex_unlock(&mutex);
  done = 1;
  return argument;
}

static void *signals(void *argument) {
  pthread_mutex_lock(&mutex);
  flag = 1;
  pthread_cond_signal(&cond);
  pthread_mutex_unlock(&mutex);
  return argument;
}

int main(void) {
  step_init();
  for (int cancel = 0; cancel < 2; cancel++) {
    for (int k = 1; k < 200; k++) {
      pthread_t thread, other;
      flag = 0, done = 0;
      step_prepare(k);
      pthread_create(&thread, 0, stepped, 0);
      /* Beyond the last instruction before it sleeps, nothing holds it. */
      int held = STEP_WAIT_FOR(200, step_held);
      if (cancel)
        pthread_cancel(thread);
      else
        pthread_create(&other, 0, signals, 0);
      step_pause();
      step_go = 1;
      if (!STEP_WAIT(done)) {
        printf("lost a %s\n", cancel ? "request" : "signal");
        fflush(stdout);
        _exit(1);
      }
      if (!cancel) pthread_join(other, 0);
      pthread_join(thread, 0);
      if (!held) break;
    }
  }
  printf("none lost\n");
  return 0;
}
