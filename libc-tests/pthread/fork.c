/* fork in a program with threads: handlers in order, a usable heap and locks in the child. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char order[64];
static volatile int stop;

static void note(const char *what) { strcat(order, what); }
static void prepare1(void) { note("p1 "); }
static void parent1(void) { note("P1 "); }
static void child1(void) { note("C1 "); }
static void prepare2(void) { note("p2 "); }
static void parent2(void) { note("P2 "); }
static void child2(void) { note("C2 "); }

static void *churn(void *argument) {
  while (!stop) free(malloc(rand() % 3000));
  return argument;
}

static void *hello(void *argument) { return (char *)argument + 1; }

int main(void) {
  pthread_t threads[3];
  pthread_atfork(prepare1, parent1, child1);
  pthread_atfork(prepare2, parent2, child2);
  for (int i = 0; i < 3; i++) pthread_create(&threads[i], 0, churn, 0);
  int bad = 0;
  for (int i = 0; i < 40; i++) {
    order[0] = 0;
    pid_t pid = fork();
    if (pid == 0) {
      for (int n = 0; n < 200; n++) free(malloc(n * 50));
      pthread_t thread;
      void *result = 0;
      pthread_create(&thread, 0, hello, (void *)41);
      pthread_join(thread, &result);
      _exit(result == (void *)42 && !strcmp(order, "p2 p1 C1 C2 ") ? 7 : 1);
    }
    int status;
    waitpid(pid, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 7 || strcmp(order, "p2 p1 P1 P2 ")) bad++;
  }
  stop = 1;
  for (int i = 0; i < 3; i++) pthread_join(threads[i], 0);
  printf("bad children %d\n", bad);
  return bad;
}
