/* A request to end that comes while a handler runs on top of a blocking call, which starts over, is acted upon there. */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static sem_t ready;
static int pipes[2];
static volatile sig_atomic_t requested;

static void handler(int signal) {
  sem_post(&ready);
  while (!requested) sched_yield();
  /* At the latest after a system call the thread has the signal of the request, if there is one. */
  sched_yield();
}

static void *reader(void *argument) {
  char byte;
  sem_post(&ready);
  read(pipes[0], &byte, 1);
  return argument;
}

static void *ends(void *argument) {
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, 0, &mask);
  return sigismember(&mask, SIGUSR2) == 0 ? argument : 0;
}

static void creates(void *argument) {
  /* Nothing of the request is passed on to the threads that a cleanup handler makes. */
  pthread_t thread;
  void *result;
  pthread_create(&thread, 0, ends, argument);
  pthread_join(thread, &result);
  printf("cleanup %d\n", result == argument);
}

static void *reader_with_cleanup(void *argument) {
  pthread_cleanup_push(creates, &ready);
  reader(argument);
  pthread_cleanup_pop(0);
  return argument;
}

int main(void) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  int failed = 0;
  pipe(pipes);
  sem_init(&ready, 0, 0);
  sigaction(SIGUSR1, &action, 0);
  alarm(20);
  for (int i = 0; i < 2; i++) {
    pthread_t thread;
    void *result;
    requested = 0;
    pthread_create(&thread, 0, i ? reader_with_cleanup : reader, 0);
    sem_wait(&ready);
    usleep(20000); /* let it block; the test is worth nothing if it has not, but passes */
    pthread_kill(thread, SIGUSR1);
    sem_wait(&ready);
    pthread_cancel(thread);
    requested = 1;
    pthread_join(thread, &result);
    printf("%s\n", result == PTHREAD_CANCELED ? "cancelled" : "returned");
    failed |= result != PTHREAD_CANCELED;
  }
  return failed;
}
