/* expect: not-musl has no guard by default and no concurrency level */
/* Every attribute of threads, mutexes, condition variables, read-write locks and barriers: default, set, get, refused. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static int failed;

static void *stack_start;
static size_t stack_size;

static void *on_given_stack(void *unused) {
  int here;
  char *at = (char *)&here;
  return (void *)(intptr_t)(at > (char *)stack_start && at < (char *)stack_start + stack_size);
}

static void *own_attributes(void *unused) {
  pthread_attr_t a;
  void *start;
  size_t size, guard;
  int here, state;
  if (pthread_getattr_np(pthread_self(), &a)) return NULL;
  int good = !pthread_attr_getstack(&a, &start, &size) && (char *)&here > (char *)start && (char *)&here < (char *)start + size;
  good = good && !pthread_attr_getguardsize(&a, &guard) && guard == 8192;
  good = good && !pthread_attr_getdetachstate(&a, &state) && state == PTHREAD_CREATE_JOINABLE;
  pthread_attr_destroy(&a);
  return (void *)(intptr_t)good;
}

static void threads(void) {
  pthread_attr_t a;
  size_t size;
  int value;
  void *start, *result;
  struct sched_param p;
  CHECK(!pthread_attr_init(&a));
  CHECK(!pthread_attr_getguardsize(&a, &size) && size == (size_t)sysconf(_SC_PAGESIZE));
  CHECK(!pthread_attr_setguardsize(&a, 8192) && !pthread_attr_getguardsize(&a, &size) && size == 8192);
  CHECK(!pthread_attr_getdetachstate(&a, &value) && value == PTHREAD_CREATE_JOINABLE && pthread_attr_setdetachstate(&a, 77) == EINVAL);
  CHECK(!pthread_attr_getinheritsched(&a, &value) && value == PTHREAD_INHERIT_SCHED);
  CHECK(!pthread_attr_setinheritsched(&a, PTHREAD_EXPLICIT_SCHED) && !pthread_attr_getinheritsched(&a, &value) && value == PTHREAD_EXPLICIT_SCHED);
  CHECK(pthread_attr_setinheritsched(&a, 77) == EINVAL && !pthread_attr_setinheritsched(&a, PTHREAD_INHERIT_SCHED));
  CHECK(!pthread_attr_getschedpolicy(&a, &value) && value == SCHED_OTHER);
  CHECK(!pthread_attr_setschedpolicy(&a, SCHED_RR) && !pthread_attr_getschedpolicy(&a, &value) && value == SCHED_RR);
  p.sched_priority = 5;
  CHECK(!pthread_attr_setschedparam(&a, &p));
  p.sched_priority = 0;
  CHECK(!pthread_attr_getschedparam(&a, &p) && p.sched_priority == 5);
  CHECK(!pthread_attr_getscope(&a, &value) && value == PTHREAD_SCOPE_SYSTEM && !pthread_attr_setscope(&a, PTHREAD_SCOPE_SYSTEM));
  CHECK(pthread_attr_setscope(&a, PTHREAD_SCOPE_PROCESS) == ENOTSUP && pthread_attr_setscope(&a, 77) == EINVAL);
  CHECK(pthread_attr_setstacksize(&a, 100) == EINVAL && !pthread_attr_setstacksize(&a, 1 << 18) && !pthread_attr_getstacksize(&a, &size) && size == 1 << 18);
  pthread_t t;
  CHECK(!pthread_create(&t, &a, own_attributes, NULL) && !pthread_join(t, &result) && result);
  stack_size = 1 << 17;
  stack_start = mmap(NULL, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(pthread_attr_setstack(&a, stack_start, 100) == EINVAL);
  CHECK(!pthread_attr_setstack(&a, stack_start, stack_size) && !pthread_attr_getstack(&a, &start, &size) && start == stack_start && size == stack_size);
  CHECK(!pthread_create(&t, &a, on_given_stack, NULL) && !pthread_join(t, &result) && result);
  CHECK(!pthread_attr_destroy(&a));
  munmap(stack_start, stack_size);
}

static void scheduling(void) {
  int policy;
  struct sched_param p = {-1};
  CHECK(!pthread_getschedparam(pthread_self(), &policy, &p) && policy == SCHED_OTHER && p.sched_priority == 0);
  CHECK(!pthread_setschedparam(pthread_self(), SCHED_OTHER, &p) && !pthread_setschedprio(pthread_self(), 0));
  CHECK(pthread_setschedprio(pthread_self(), 50) == EINVAL);
  p.sched_priority = 1000;
  CHECK(pthread_setschedparam(pthread_self(), SCHED_OTHER, &p) == EINVAL && pthread_setschedparam(pthread_self(), 99, &p) == EINVAL);
  CHECK(!pthread_setconcurrency(3) && pthread_getconcurrency() == 3 && pthread_setconcurrency(-1) == EINVAL && !pthread_setconcurrency(0));
}

static void mutexes(void) {
  pthread_mutexattr_t a;
  int value;
  CHECK(!pthread_mutexattr_init(&a));
  CHECK(!pthread_mutexattr_gettype(&a, &value) && value == PTHREAD_MUTEX_DEFAULT);
  static const int types[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_RECURSIVE};
  for (int i = 0; i < 3; i++) CHECK(!pthread_mutexattr_settype(&a, types[i]) && !pthread_mutexattr_gettype(&a, &value) && value == types[i]);
  CHECK(pthread_mutexattr_settype(&a, 77) == EINVAL);
  CHECK(!pthread_mutexattr_getpshared(&a, &value) && value == PTHREAD_PROCESS_PRIVATE);
  CHECK(!pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED) && !pthread_mutexattr_getpshared(&a, &value) && value == PTHREAD_PROCESS_SHARED);
  CHECK(pthread_mutexattr_setpshared(&a, 77) == EINVAL);
  CHECK(!pthread_mutexattr_getrobust(&a, &value) && value == PTHREAD_MUTEX_STALLED);
  CHECK(!pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST) && !pthread_mutexattr_getrobust(&a, &value) && value == PTHREAD_MUTEX_ROBUST);
  CHECK(pthread_mutexattr_setrobust(&a, 77) == EINVAL);
  CHECK(!pthread_mutexattr_getprotocol(&a, &value) && value == PTHREAD_PRIO_NONE);
  CHECK(!pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT) && !pthread_mutexattr_getprotocol(&a, &value) && value == PTHREAD_PRIO_INHERIT);
  CHECK(pthread_mutexattr_setprotocol(&a, 77) == EINVAL);
  CHECK(!pthread_mutexattr_gettype(&a, &value) && value == PTHREAD_MUTEX_RECURSIVE);
  CHECK(!pthread_mutexattr_destroy(&a));
}

static void conditions(void) {
  pthread_condattr_t a;
  int value;
  clockid_t clock;
  CHECK(!pthread_condattr_init(&a) && !pthread_condattr_getclock(&a, &clock) && clock == CLOCK_REALTIME);
  CHECK(!pthread_condattr_setclock(&a, CLOCK_MONOTONIC) && !pthread_condattr_getclock(&a, &clock) && clock == CLOCK_MONOTONIC);
  CHECK(pthread_condattr_setclock(&a, CLOCK_PROCESS_CPUTIME_ID) == EINVAL);
  CHECK(!pthread_condattr_getpshared(&a, &value) && value == PTHREAD_PROCESS_PRIVATE);
  CHECK(!pthread_condattr_setpshared(&a, PTHREAD_PROCESS_SHARED) && !pthread_condattr_getpshared(&a, &value) && value == PTHREAD_PROCESS_SHARED);
  CHECK(pthread_condattr_setpshared(&a, 77) == EINVAL);
  pthread_cond_t c;
  pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
  struct timespec now;
  CHECK(!pthread_cond_init(&c, &a) && !pthread_condattr_destroy(&a));
  clock_gettime(CLOCK_MONOTONIC, &now);
  pthread_mutex_lock(&m);
  /* A time of the other clock would be decades away. */
  CHECK(pthread_cond_timedwait(&c, &m, &now) == ETIMEDOUT);
  struct timespec wrong = {now.tv_sec, 1000000000};
  CHECK(pthread_cond_timedwait(&c, &m, &wrong) == EINVAL);
#if defined __GLIBC__
  CHECK(pthread_cond_clockwait(&c, &m, CLOCK_MONOTONIC, &now) == ETIMEDOUT);
  clock_gettime(CLOCK_REALTIME, &now);
  CHECK(pthread_cond_clockwait(&c, &m, CLOCK_REALTIME, &now) == ETIMEDOUT);
  CHECK(pthread_cond_clockwait(&c, &m, CLOCK_PROCESS_CPUTIME_ID, &now) == EINVAL);
#endif
  pthread_mutex_unlock(&m);
  CHECK(!pthread_cond_destroy(&c));
}

static pthread_rwlock_t lock;

static void *cannot_get(void *unused) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  now.tv_nsec += 10000000;
  if (now.tv_nsec >= 1000000000) now.tv_nsec -= 1000000000, now.tv_sec++;
  CHECK(pthread_rwlock_timedrdlock(&lock, &now) == ETIMEDOUT && pthread_rwlock_timedwrlock(&lock, &now) == ETIMEDOUT);
  CHECK(pthread_rwlock_tryrdlock(&lock) == EBUSY && pthread_rwlock_trywrlock(&lock) == EBUSY);
  struct timespec wrong = {now.tv_sec, -1};
  CHECK(pthread_rwlock_timedrdlock(&lock, &wrong) == EINVAL && pthread_rwlock_timedwrlock(&lock, &wrong) == EINVAL);
#if defined __GLIBC__
  clock_gettime(CLOCK_MONOTONIC, &now);
  CHECK(pthread_rwlock_clockrdlock(&lock, CLOCK_MONOTONIC, &now) == ETIMEDOUT && pthread_rwlock_clockwrlock(&lock, CLOCK_MONOTONIC, &now) == ETIMEDOUT);
  CHECK(pthread_rwlock_clockrdlock(&lock, CLOCK_PROCESS_CPUTIME_ID, &now) == EINVAL);
#endif
  return NULL;
}

static void read_write_locks(void) {
  pthread_rwlockattr_t a;
  int value;
  CHECK(!pthread_rwlockattr_init(&a) && !pthread_rwlockattr_getpshared(&a, &value) && value == PTHREAD_PROCESS_PRIVATE);
  CHECK(!pthread_rwlockattr_setpshared(&a, PTHREAD_PROCESS_SHARED) && !pthread_rwlockattr_getpshared(&a, &value) && value == PTHREAD_PROCESS_SHARED);
  CHECK(pthread_rwlockattr_setpshared(&a, 77) == EINVAL);
  CHECK(!pthread_rwlock_init(&lock, &a) && !pthread_rwlockattr_destroy(&a));
  pthread_t t;
  CHECK(!pthread_rwlock_wrlock(&lock) && !pthread_create(&t, NULL, cannot_get, NULL) && !pthread_join(t, NULL) && !pthread_rwlock_unlock(&lock));
  struct timespec past = {1, 0};
  CHECK(!pthread_rwlock_timedrdlock(&lock, &past) && !pthread_rwlock_timedrdlock(&lock, &past));
  CHECK(pthread_rwlock_timedwrlock(&lock, &past) != 0);
  CHECK(!pthread_rwlock_unlock(&lock) && !pthread_rwlock_unlock(&lock) && !pthread_rwlock_timedwrlock(&lock, &past) && !pthread_rwlock_unlock(&lock));
  CHECK(!pthread_rwlock_destroy(&lock));
}

static void *other_end(void *barrier) { return (void *)(intptr_t)pthread_barrier_wait(barrier); }

static void barriers(void) {
  pthread_barrierattr_t a;
  pthread_barrier_t b;
  int value;
  CHECK(!pthread_barrierattr_init(&a) && !pthread_barrierattr_getpshared(&a, &value) && value == PTHREAD_PROCESS_PRIVATE);
  CHECK(!pthread_barrierattr_setpshared(&a, PTHREAD_PROCESS_SHARED) && !pthread_barrierattr_getpshared(&a, &value) && value == PTHREAD_PROCESS_SHARED);
  CHECK(pthread_barrierattr_setpshared(&a, 77) == EINVAL && pthread_barrier_init(&b, &a, 0) == EINVAL);
  CHECK(!pthread_barrier_init(&b, &a, 2) && !pthread_barrierattr_destroy(&a));
  for (int i = 0; i < 3; i++) {
    pthread_t t;
    void *theirs;
    pthread_create(&t, NULL, other_end, &b);
    int mine = pthread_barrier_wait(&b);
    pthread_join(t, &theirs);
    CHECK((mine == PTHREAD_BARRIER_SERIAL_THREAD) != ((intptr_t)theirs == PTHREAD_BARRIER_SERIAL_THREAD) && (mine == 0 || theirs == 0));
  }
  CHECK(!pthread_barrier_destroy(&b));
  pthread_spinlock_t s;
  CHECK(!pthread_spin_init(&s, PTHREAD_PROCESS_PRIVATE) && !pthread_spin_lock(&s) && pthread_spin_trylock(&s) == EBUSY && !pthread_spin_unlock(&s) && !pthread_spin_trylock(&s) && !pthread_spin_unlock(&s) && !pthread_spin_destroy(&s));
}

int main(void) {
  threads();
  scheduling();
  mutexes();
  conditions();
  read_write_locks();
  barriers();
  return failed;
}
