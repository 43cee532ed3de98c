/* A fork while another thread is in one of some calls leaves a child that can make the same call.
   expect: not-glibc its child waits for locks that the parent's threads hold */
#include "step.h"
#include <locale.h>
#include <stdlib.h>
#include <sys/wait.h>

static atomic_int done, forks;
static pthread_attr_t small;
static int which;

static void nothing(void) {}

static void call(void) {
  time_t now = 0;
  struct tm parts;
  if (which == 0) atexit(nothing);
  if (which == 1) setenv("A", "b", 1);
  if (which == 2) tzset(), localtime_r(&now, &parts);
  if (which == 3) setlocale(LC_ALL, "C.UTF-8");
}

static void *stepped(void *argument) {
  STEP_ON();
  call();
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
  for (int k = 1; k < 400 && !wrong; k += 5) {
    which = k % 4;
    pthread_t thread;
    done = 0;
    step_prepare(k);
    pthread_create(&thread, &small, stepped, 0);
    while (!step_held && !done) step_pause();
    int status = 0;
    forks = 1;
    pid_t child = fork();
    if (child == 0) {
      alarm(20);
      call();
      _exit(0);
    }
    if (waitpid(child, &status, 0) != child || status != 0) wrong++;
    while (!step_go) step_pause();
    pthread_join(thread, 0);
  }
  printf("wrong: %d\n", wrong);
  return wrong != 0;
}
