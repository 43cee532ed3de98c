/* Cancellation: at a blocking call, by testcancel, held back, in a condition wait, with cleanup handlers. */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <unistd.h>

static int pipes[2];
static sem_t started;
static int cleaned;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

static void cleanup(void *argument) {
  cleaned = cleaned * 10 + (int)(long)argument;
}

static void unlock(void *argument) {
  cleaned = 5;
  pthread_mutex_unlock(argument);
}

static void *reads(void *argument) {
  char byte;
  pthread_cleanup_push(cleanup, (void *)1L);
  pthread_cleanup_push(cleanup, (void *)2L);
  sem_post(&started);
  read(pipes[0], &byte, 1);
  pthread_cleanup_pop(0);
  pthread_cleanup_pop(0);
  return argument;
}

static void *tests(void *argument) {
  sem_post(&started);
  for (;;) pthread_testcancel();
  return argument;
}

static void *held_back(void *argument) {
  int old;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
  sem_post(&started);
  usleep(30000);
  pthread_testcancel();
  cleaned = 77;
  pthread_setcancelstate(old, 0);
  pthread_testcancel();
  cleaned = 88;
  return argument;
}

static void *waits(void *argument) {
  pthread_mutex_lock(&mutex);
  pthread_cleanup_push(unlock, &mutex);
  sem_post(&started);
  for (;;) pthread_cond_wait(&cond, &mutex);
  pthread_cleanup_pop(1);
  return argument;
}

static void *spins(void *argument) {
  pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, 0);
  sem_post(&started);
  for (volatile int i = 0;; i++) {}
  return argument;
}

static void *sleeps(void *argument) {
  sem_post(&started);
  sleep(1000);
  return argument;
}

static void *semaphore(void *argument) {
  sem_t never;
  sem_init(&never, 0, 0);
  sem_post(&started);
  sem_wait(&never);
  return argument;
}

static void run(const char *name, void *(*function)(void *)) {
  pthread_t thread;
  void *result;
  cleaned = 0;
  pthread_create(&thread, 0, function, 0);
  sem_wait(&started);
  usleep(10000);
  pthread_cancel(thread);
  pthread_join(thread, &result);
  printf("%s: cancelled %d, cleaned %d\n", name, result == PTHREAD_CANCELED, cleaned);
}

int main(void) {
  if (pipe(pipes)) return 1;
  sem_init(&started, 0, 0);
  run("read", reads);
  run("testcancel", tests);
  run("disabled", held_back);
  run("condition", waits);
  printf("mutex free %d\n", pthread_mutex_trylock(&mutex));
  run("asynchronous", spins);
  run("sleep", sleeps);
  run("semaphore", semaphore);
  write(pipes[1], "x", 1);
  char byte = 0;
  int count = read(pipes[0], &byte, 1);
  printf("the byte is still there %d %c\n", count, byte);
  return 0;
}
