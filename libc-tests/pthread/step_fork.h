/* A fork while another thread is held before one of the instructions of a call. */
#include "step.h"
#include <sys/wait.h>

static atomic_int step_done, step_forks;

/* Lets the held thread go on when a fork has had time to begin: it may wait for a lock that the thread holds. */
static void *step_releases(void *argument) {
  for (;;) {
    while (!step_forks) step_pause();
    for (int i = 0; i < 3; i++) step_pause();
    step_forks = 0;
    step_go = 1;
  }
}

static void *step_stepped(void *call) {
  STEP_ON();
  ((void (*)(void))call)();
  STEP_OFF();
  step_done = 1;
  return 0;
}

/* For threads that do little. */
static pthread_attr_t step_small;

static void step_fork_init(void) {
  pthread_t releaser;
  step_init();
  pthread_attr_init(&step_small);
  pthread_attr_setstacksize(&step_small, 65536);
  pthread_create(&releaser, &step_small, step_releases, 0);
}

/* Forks while a thread is held before instruction `at` of `call`; the child exits with what `in_child` returns.
   Whether it exited with 0. `*held`, if not null: whether the call had that many instructions. */
static int step_fork_during(int at, void (*call)(void), int (*in_child)(void), int *held) {
  pthread_t thread;
  int status = 0;
  step_done = 0;
  step_prepare(at);
  pthread_create(&thread, &step_small, step_stepped, (void *)call);
  while (!step_held && !step_done) step_pause();
  if (held) *held = step_held;
  step_forks = 1;
  pid_t child = fork();
  if (child == 0) {
    alarm(20);
    _exit(in_child());
  }
  int well = waitpid(child, &status, 0) == child && status == 0;
  while (!step_go) step_pause();
  pthread_join(thread, 0);
  return well;
}
