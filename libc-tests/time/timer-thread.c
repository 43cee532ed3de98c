/* Timers that call a function on a thread of its own. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static sem_t called;
static pthread_t maker;
static int wrong;

static void notice(union sigval value)
{
  if (value.sival_int != 7 || pthread_equal(pthread_self(), maker))
    wrong++;
  sem_post(&called);
}

int main(void)
{
  timer_t timer, other;
  struct sigevent event = { .sigev_notify = SIGEV_THREAD, .sigev_notify_function = notice, .sigev_value.sival_int = 7 };
  struct itimerspec time = { { 0, 5000000 }, { 0, 5000000 } }, left;
  maker = pthread_self();
  sem_init(&called, 0, 0);
  assert(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
  assert(timer_create(CLOCK_REALTIME, &event, &other) == 0);
  assert(timer_create(12345, &event, &timer) == -1 && errno == EINVAL);
  assert(timer_gettime(timer, &left) == 0 && left.it_value.tv_sec == 0 && left.it_value.tv_nsec == 0);
  assert(timer_settime(timer, 0, &time, NULL) == 0);
  for (int i = 0; i < 3; i++)
    while (sem_wait(&called))
      ;
  assert(timer_gettime(timer, &left) == 0 && left.it_interval.tv_nsec == 5000000);
  assert(timer_getoverrun(timer) >= 0);
  assert(timer_delete(timer) == 0);
  /* What was on its way has come; then nothing more does. */
  usleep(50000);
  while (sem_trywait(&called) == 0)
    ;
  usleep(50000);
  printf("late %d, wrong %d\n", sem_trywait(&called) == 0, wrong);
  /* Once, and again. */
  time.it_interval.tv_nsec = 0;
  for (int i = 0; i < 2; i++) {
    assert(timer_settime(other, 0, &time, NULL) == 0);
    while (sem_wait(&called))
      ;
  }
  assert(timer_delete(other) == 0);
  for (int i = 0; i < 100; i++) {
    assert(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    assert(timer_delete(timer) == 0);
  }
  puts("ok");
  return 0;
}
