/* expect: not-musl refuses all of these calls */
/* Scheduling policies and parameters of processes, and processor sets. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0;
  struct sched_param p = {-1};
  struct timespec slice = {-1, -1};
  printf("%d %d %d %d\n", sched_get_priority_min(SCHED_FIFO), sched_get_priority_max(SCHED_FIFO), sched_get_priority_min(SCHED_OTHER), sched_get_priority_max(SCHED_OTHER));
  errno = 0;
  CHECK(sched_get_priority_min(99) == -1 && errno == EINVAL && sched_get_priority_max(-1) == -1);
  CHECK(sched_getscheduler(0) == SCHED_OTHER && sched_getscheduler(getpid()) == SCHED_OTHER);
  CHECK(sched_getparam(0, &p) == 0 && p.sched_priority == 0);
  CHECK(sched_setparam(0, &p) == 0 && sched_setscheduler(0, SCHED_OTHER, &p) >= 0);
  CHECK(sched_rr_get_interval(0, &slice) == 0 && slice.tv_sec >= 0 && slice.tv_nsec >= 0);
  errno = 0;
  CHECK(sched_getscheduler(-1) == -1 && errno == EINVAL);
  errno = 0;
  CHECK(sched_getparam(999999, &p) == -1 && errno == ESRCH);
  errno = 0;
  CHECK(sched_setscheduler(999999, SCHED_OTHER, &p) == -1 && errno == ESRCH);
  errno = 0;
  CHECK(sched_rr_get_interval(999999, &slice) == -1 && errno == ESRCH);
  p.sched_priority = 1;
  errno = 0;
  CHECK(sched_setparam(0, &p) == -1 && errno == EINVAL);
  errno = 0;
  CHECK(sched_setscheduler(0, 99, &p) == -1 && errno == EINVAL);
  CHECK(sched_yield() == 0);
  cpu_set_t set, one;
  CPU_ZERO(&set);
  CHECK(sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) >= 1 && sched_getcpu() >= 0);
  int first = 0;
  while (!CPU_ISSET(first, &set)) first++;
  CPU_ZERO(&one);
  /* Sets: of a fixed size, and of any. */
  cpu_set_t left, right, result;
  CPU_ZERO(&left);
  CPU_ZERO(&right);
  CPU_SET(1, &left);
  CPU_SET(70, &left);
  CPU_SET(70, &right);
  CPU_SET(900, &right);
  CPU_AND(&result, &left, &right);
  CHECK(CPU_COUNT(&result) == 1 && CPU_ISSET(70, &result));
  CPU_OR(&result, &left, &right);
  CHECK(CPU_COUNT(&result) == 3);
  CPU_XOR(&result, &left, &right);
  CHECK(CPU_COUNT(&result) == 2 && CPU_ISSET(1, &result) && CPU_ISSET(900, &result));
  cpu_set_t *large = CPU_ALLOC(2000);
  size_t large_size = CPU_ALLOC_SIZE(2000);
  CPU_ZERO_S(large_size, large);
  CPU_SET_S(1999, large_size, large);
  CHECK(large_size == 256 && CPU_ISSET_S(1999, large_size, large) && CPU_COUNT_S(large_size, large) == 1);
  CPU_OR_S(large_size, large, large, large);
  CHECK(CPU_COUNT_S(large_size, large) == 1);
  CPU_FREE(large);
  CPU_SET(first, &one);
  CHECK(sched_setaffinity(0, sizeof one, &one) == 0 && sched_getcpu() == first);
  CHECK(pthread_getaffinity_np(pthread_self(), sizeof one, &one) == 0 && CPU_COUNT(&one) == 1 && CPU_ISSET(first, &one));
  CHECK(pthread_setaffinity_np(pthread_self(), sizeof set, &set) == 0);
  CPU_ZERO(&one);
  errno = 0;
  CHECK(sched_setaffinity(0, sizeof one, &one) == -1 && errno == EINVAL);
  CPU_SET(3, &one), CPU_SET(65, &one), CPU_CLR(3, &one);
  CHECK(CPU_ISSET(65, &one) && !CPU_ISSET(3, &one) && CPU_EQUAL(&one, &one) && !CPU_EQUAL(&one, &set));
  return failed;
}
