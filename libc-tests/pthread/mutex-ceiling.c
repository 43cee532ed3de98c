/* Priority ceilings: attributes, and (where the test may run in real time) what they do to a thread's priority.
 * expect: not-musl it has no ceilings */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>

/* The priority that the kernel gives this thread. */
static int priority(void)
{
  struct sched_param param;
  assert(sched_getparam(0, &param) == 0);
  return param.sched_priority;
}

static pthread_mutex_t make(int ceiling)
{
  pthread_mutexattr_t attr;
  pthread_mutex_t mutex;
  assert(pthread_mutexattr_init(&attr) == 0);
  assert(pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_PROTECT) == 0);
  assert(pthread_mutexattr_setprioceiling(&attr, ceiling) == 0);
  assert(pthread_mutex_init(&mutex, &attr) == 0);
  return mutex;
}

static void real_time(void)
{
  struct sched_param param = { .sched_priority = 5 };
  int old;
  if (sched_setscheduler(0, SCHED_FIFO, &param))
    return;
  pthread_mutex_t low = make(4), middle = make(10), high = make(20);
  assert(pthread_mutex_lock(&low) == EINVAL && priority() == 5);
  assert(pthread_mutex_lock(&middle) == 0 && priority() == 10);
  assert(pthread_mutex_trylock(&high) == 0 && priority() == 20);
  assert(pthread_mutex_unlock(&middle) == 0 && priority() == 20);
  assert(pthread_mutex_unlock(&high) == 0 && priority() == 5);
  assert(pthread_mutex_setprioceiling(&high, 30, &old) == 0 && old == 20);
  assert(pthread_mutex_lock(&high) == 0 && priority() == 30);
  assert(pthread_mutex_lock(&middle) == 0 && priority() == 30);
  assert(pthread_mutex_unlock(&high) == 0 && priority() == 10);
  assert(pthread_mutex_unlock(&middle) == 0 && priority() == 5);
  param.sched_priority = 0;
  assert(sched_setscheduler(0, SCHED_OTHER, &param) == 0);
}

int main(void)
{
  pthread_mutexattr_t attr;
  int protocol, ceiling, old;
  pthread_mutexattr_init(&attr);
  assert(pthread_mutexattr_getprotocol(&attr, &protocol) == 0);
  assert(pthread_mutexattr_getprioceiling(&attr, &ceiling) == 0);
  printf("protocol %d ceiling %d\n", protocol == PTHREAD_PRIO_NONE, ceiling);
  printf("set %d %d\n", pthread_mutexattr_setprioceiling(&attr, 7), pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_PROTECT));
  printf("bad %d %d\n", pthread_mutexattr_setprioceiling(&attr, 100) == EINVAL, pthread_mutexattr_setprotocol(&attr, 9) == EINVAL);
  assert(pthread_mutexattr_getprotocol(&attr, &protocol) == 0);
  assert(pthread_mutexattr_getprioceiling(&attr, &ceiling) == 0);
  printf("protocol %d ceiling %d\n", protocol == PTHREAD_PRIO_PROTECT, ceiling);
  pthread_mutex_t mutex = make(7), plain = PTHREAD_MUTEX_INITIALIZER;
  assert(pthread_mutex_getprioceiling(&mutex, &ceiling) == 0);
  assert(pthread_mutex_setprioceiling(&mutex, 9, &old) == 0);
  printf("mutex %d, before %d\n", ceiling, old);
  assert(pthread_mutex_getprioceiling(&mutex, &ceiling) == 0);
  printf("now %d, plain %d\n", ceiling, pthread_mutex_getprioceiling(&plain, &ceiling) == EINVAL);
  assert(pthread_mutex_setprioceiling(&mutex, 0, &old) == EINVAL);
  real_time();
  puts("ok");
  return 0;
}
