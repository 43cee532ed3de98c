/* Condition variables: a bounded queue, broadcast, deadlines by both clocks, destruction after broadcast. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t not_empty = PTHREAD_COND_INITIALIZER, not_full = PTHREAD_COND_INITIALIZER;
static int queue[4], head, tail, finished;
static long total;

static void *produce(void *argument) {
  for (int i = 1; i <= 5000; i++) {
    pthread_mutex_lock(&mutex);
    while (head - tail == 4) pthread_cond_wait(&not_full, &mutex);
    queue[head++ % 4] = i;
    pthread_cond_signal(&not_empty);
    pthread_mutex_unlock(&mutex);
  }
  return argument;
}

static void *consume(void *argument) {
  for (;;) {
    pthread_mutex_lock(&mutex);
    while (head == tail && !finished) pthread_cond_wait(&not_empty, &mutex);
    if (head == tail) {
      pthread_mutex_unlock(&mutex);
      return argument;
    }
    total += queue[tail++ % 4];
    pthread_cond_signal(&not_full);
    pthread_mutex_unlock(&mutex);
  }
}

struct round {
  pthread_mutex_t mutex;
  pthread_cond_t cond;
  int waiting, go;
};

static void *wait_for_go(void *argument) {
  struct round *round = argument;
  pthread_mutex_lock(&round->mutex);
  round->waiting++;
  while (!round->go) pthread_cond_wait(&round->cond, &round->mutex);
  round->waiting--;
  pthread_mutex_unlock(&round->mutex);
  return 0;
}

static int timed(clockid_t clock) {
  pthread_condattr_t attr;
  pthread_cond_t cond;
  struct timespec start, until, end;
  pthread_condattr_init(&attr);
  if (pthread_condattr_setclock(&attr, clock)) return -1;
  pthread_cond_init(&cond, &attr);
  pthread_mutex_lock(&mutex);
  clock_gettime(clock, &start);
  until = start;
  until.tv_nsec += 30 * 1000 * 1000;
  if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
  int result;
  do result = pthread_cond_timedwait(&cond, &mutex, &until);
  while (!result);
  clock_gettime(clock, &end);
  pthread_mutex_unlock(&mutex);
  long waited = (end.tv_sec - start.tv_sec) * 1000 + (end.tv_nsec - start.tv_nsec) / 1000000;
  pthread_cond_destroy(&cond);
  return result == ETIMEDOUT && waited >= 29 && waited < 10000;
}

int main(void) {
  pthread_t producers[3], consumers[3];
  for (int i = 0; i < 3; i++) {
    pthread_create(&producers[i], 0, produce, 0);
    pthread_create(&consumers[i], 0, consume, 0);
  }
  for (int i = 0; i < 3; i++) pthread_join(producers[i], 0);
  pthread_mutex_lock(&mutex);
  finished = 1;
  pthread_cond_broadcast(&not_empty);
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < 3; i++) pthread_join(consumers[i], 0);
  printf("total %ld\n", total);

  for (int n = 0; n < 50; n++) {
    struct round *round = calloc(1, sizeof *round);
    pthread_t threads[4];
    pthread_mutex_init(&round->mutex, 0);
    pthread_cond_init(&round->cond, 0);
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], 0, wait_for_go, round);
    for (int ready = 0; !ready;) {
      pthread_mutex_lock(&round->mutex);
      ready = round->waiting == 4;
      pthread_mutex_unlock(&round->mutex);
    }
    pthread_mutex_lock(&round->mutex);
    round->go = 1;
    pthread_cond_broadcast(&round->cond);
    pthread_mutex_unlock(&round->mutex);
    if (pthread_cond_destroy(&round->cond)) return 1;
    for (int i = 0; i < 4; i++) pthread_join(threads[i], 0);
    free(round);
  }
  puts("50 rounds");
  printf("realtime %d\n", timed(CLOCK_REALTIME));
  printf("monotonic %d\n", timed(CLOCK_MONOTONIC));
  struct timespec bad = {0, -1};
  pthread_mutex_lock(&mutex);
  printf("bad time %d\n", pthread_cond_timedwait(&not_empty, &mutex, &bad) == EINVAL);
  pthread_mutex_unlock(&mutex);
  return 0;
}
