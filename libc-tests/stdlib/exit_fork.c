/* exit in the child of a fork while another thread of the parent is in exit. */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static sem_t in_exit, tried;

static void *forks(void *argument) {
  int status = -1;
  sem_wait(&in_exit);
  pid_t child = fork();
  if (child == 0) {
    alarm(20);
    exit(7);
  }
  waitpid(child, &status, 0);
  printf("%s\n", WIFEXITED(status) && WEXITSTATUS(status) == 7 ? "exited" : "hung");
  if (status != 7 << 8) {
    fflush(stdout);
    _exit(1);
  }
  sem_post(&tried);
  return argument;
}

/* The parent's only: it is taken off the list before it runs. */
static void wait_for_fork(void) {
  sem_post(&in_exit);
  sem_wait(&tried);
}

int main(void) {
  pthread_t thread;
  sem_init(&in_exit, 0, 0);
  sem_init(&tried, 0, 0);
  atexit(wait_for_fork);
  pthread_create(&thread, 0, forks, 0);
  exit(0);
}
