/* Semaphores with deadlines by both clocks, and the end of a semaphore. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <semaphore.h>
#include <stdio.h>
#include <time.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
/* expect: not-musl lacks sem_clockwait */

int main(void) {
  int failed = 0, value;
  sem_t s;
  struct timespec now, wrong = {1, 1000000000}, past = {1, 0};
  CHECK(sem_init(&s, 0, 2) == 0 && sem_getvalue(&s, &value) == 0 && value == 2);
  CHECK(sem_clockwait(&s, CLOCK_MONOTONIC, &past) == 0 && sem_timedwait(&s, &past) == 0);
  clock_gettime(CLOCK_MONOTONIC, &now);
  now.tv_nsec += 5000000;
  if (now.tv_nsec >= 1000000000) now.tv_nsec -= 1000000000, now.tv_sec++;
  errno = 0;
  CHECK(sem_clockwait(&s, CLOCK_MONOTONIC, &now) == -1 && errno == ETIMEDOUT);
  struct timespec after;
  clock_gettime(CLOCK_MONOTONIC, &after);
  CHECK(after.tv_sec > now.tv_sec || (after.tv_sec == now.tv_sec && after.tv_nsec >= now.tv_nsec));
  errno = 0;
  CHECK(sem_clockwait(&s, CLOCK_REALTIME, &past) == -1 && errno == ETIMEDOUT);
  errno = 0;
  CHECK(sem_clockwait(&s, CLOCK_PROCESS_CPUTIME_ID, &past) == -1 && errno == EINVAL);
  errno = 0;
  CHECK(sem_timedwait(&s, &wrong) == -1 && errno == EINVAL);
  CHECK(sem_destroy(&s) == 0);
  errno = 0;
  CHECK(sem_init(&s, 0, (unsigned)INT_MAX + 1) == -1 && errno == EINVAL);
  return failed;
}
