/* A fork while another thread is at any instruction of pthread_join leaves a child that can start threads. */
#include "step.h"
#include <sys/wait.h>

static atomic_int done, forks;
static pthread_attr_t small;
static pthread_t ended;

static void *ends(void *argument) { return argument; }

static void *stepped(void *argument) {
  STEP_ON();
  pthread_join(ended, 0);
  STEP_OFF();
  done = 1;
  return argument;
}

/* Lets the held thread go on when a fork has had time to begin: it may wait for a lock that the thread holds. */
static void *releases(void *argument) {
  for (;;) {
    while (!forks) step_pause();
    for (int i = 0; i < 3; i++) step_pause();
    forks = 0;
    step_go = 1;
  }
}

int main(void) {
  int wrong = 0;
  pthread_t releaser;
  step_init();
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 65536);
  pthread_create(&releaser, &small, releases, 0);
  for (int k = 1; k < 80 && !wrong; k++) {
    pthread_t thread;
    done = 0;
    step_prepare(k);
    pthread_create(&ended, &small, ends, 0);
    pthread_create(&thread, &small, stepped, 0);
    while (!step_held && !done) step_pause();
    int held = step_held, status = 0;
    forks = 1;
    pid_t child = fork();
    if (child == 0) {
      alarm(20);
      _exit(pthread_create(&thread, &small, ends, 0) || pthread_join(thread, 0));
    }
    if (waitpid(child, &status, 0) != child || status != 0) wrong++;
    while (!step_go) step_pause();
    pthread_join(thread, 0);
    if (!held) break;
  }
  printf("wrong: %d\n", wrong);
  return wrong != 0;
}
