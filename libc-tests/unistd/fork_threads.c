/* A child of fork has one thread: what other threads held is free, and pthread_atfork functions have run.
   expect: not-musl this version leaves the stream locked in the child */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int ready[2];
static int order[8], calls;

static void before_a(void) { order[calls++] = 1; }
static void before_b(void) { order[calls++] = 2; }
static void parent_a(void) { order[calls++] = 3; }
static void parent_b(void) { order[calls++] = 4; }
static void child_a(void) { order[calls++] = 5; }
static void child_b(void) { order[calls++] = 6; }

static void *hold(void *unused)
{
  (void)unused;
  flockfile(stdout);
  assert(write(ready[1], "x", 1) == 1);
  for (;;)
    pause();
}

static void *churn(void *unused)
{
  (void)unused;
  for (;;)
    free(malloc(4000));
}

int main(void)
{
  pthread_t thread;
  pid_t child;
  char byte;
  int i, status;

  assert(pthread_atfork(before_a, parent_a, child_a) == 0 && pthread_atfork(before_b, parent_b, child_b) == 0);
  assert(pipe(ready) == 0 && pthread_create(&thread, NULL, hold, NULL) == 0);
  assert(read(ready[0], &byte, 1) == 1);
  assert(pthread_create(&thread, NULL, churn, NULL) == 0);
  for (i = 0; i < 20; i++) {
    calls = 0;
    child = fork();
    assert(child >= 0);
    if (child == 0) {
      free(malloc(100000));
      if (i == 0) {
        printf("child: %d %d %d %d\n", order[0], order[1], order[2], order[3]);
        fflush(stdout);
      }
      _exit(0);
    }
    assert(waitpid(child, &status, 0) == child && status == 0);
  }
  assert(calls == 4 && order[0] == 2 && order[1] == 1 && order[2] == 3 && order[3] == 4);
  _exit(0);
}
