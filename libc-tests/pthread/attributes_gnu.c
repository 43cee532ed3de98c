/* expect: not-musl has none of these */
/* Attributes that glibc has beside POSIX's: processors, signal mask, the stack's end, defaults; and signals with a value. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static int failed;

static void *own_processors(void *wanted) {
  cpu_set_t mine;
  return (void *)(intptr_t)(!pthread_getaffinity_np(pthread_self(), sizeof mine, &mine) && CPU_EQUAL(&mine, (cpu_set_t *)wanted));
}

static void *own_mask(void *unused) {
  sigset_t mine;
  pthread_sigmask(SIG_BLOCK, NULL, &mine);
  return (void *)(intptr_t)(sigismember(&mine, SIGUSR1) * 2 + sigismember(&mine, SIGUSR2));
}

static void *guard(void *unused) {
  pthread_attr_t a;
  size_t size = 0;
  pthread_getattr_np(pthread_self(), &a);
  pthread_attr_getguardsize(&a, &size);
  pthread_attr_destroy(&a);
  return (void *)size;
}

static void *in_given_stack(void *start) {
  char here;
  return (void *)(intptr_t)(&here > (char *)start && &here < (char *)start + (1 << 18));
}

static void *take(void *set) {
  siginfo_t info;
  return (void *)(intptr_t)(sigwaitinfo(set, &info) == SIGUSR1 && info.si_code == SI_QUEUE && info.si_pid == getpid() && info.si_value.sival_int == 99);
}

int main(void) {
  pthread_attr_t a;
  pthread_t t;
  void *result;
  cpu_set_t all, one, read;
  CHECK(!pthread_attr_init(&a));
  /* Processors. */
  sched_getaffinity(0, sizeof all, &all);
  CHECK(!pthread_attr_getaffinity_np(&a, sizeof read, &read) && CPU_COUNT(&read) == CPU_SETSIZE);
  CPU_ZERO(&one);
  for (int cpu = 0; cpu < CPU_SETSIZE && !CPU_COUNT(&one); cpu++)
    if (CPU_ISSET(cpu, &all)) CPU_SET(cpu, &one);
  CHECK(!pthread_attr_setaffinity_np(&a, sizeof one, &one) && !pthread_attr_getaffinity_np(&a, sizeof read, &read) && CPU_EQUAL(&one, &read));
  CHECK(!pthread_create(&t, &a, own_processors, &one) && !pthread_join(t, &result) && result);
  CPU_SET(1000, &one);
  CHECK(!pthread_attr_setaffinity_np(&a, sizeof one, &one) && pthread_attr_getaffinity_np(&a, 8, &read) == EINVAL);
  CPU_ZERO(&one);
  CHECK(!pthread_attr_setaffinity_np(&a, sizeof one, &one) && pthread_create(&t, &a, own_processors, &one) == EINVAL);
  CHECK(!pthread_attr_setaffinity_np(&a, 0, NULL) && !pthread_create(&t, &a, own_processors, &all) && !pthread_join(t, &result) && result);
  /* The mask, which is the creator's if the attributes have none. */
  sigset_t mask, got;
  CHECK(pthread_attr_getsigmask_np(&a, &got) == PTHREAD_ATTR_NO_SIGMASK_NP);
  sigemptyset(&mask), sigaddset(&mask, SIGUSR2);
  CHECK(!pthread_attr_setsigmask_np(&a, &mask) && !pthread_attr_getsigmask_np(&a, &got) && sigismember(&got, SIGUSR2) && !sigismember(&got, SIGUSR1));
  sigset_t mine, before;
  sigemptyset(&mine), sigaddset(&mine, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &mine, &before);
  CHECK(!pthread_create(&t, &a, own_mask, NULL) && !pthread_join(t, &result) && result == (void *)1);
  CHECK((intptr_t)own_mask(NULL) == 2);
  CHECK(!pthread_attr_setsigmask_np(&a, NULL) && !pthread_create(&t, &a, own_mask, NULL) && !pthread_join(t, &result) && result == (void *)2);
  CHECK(!pthread_attr_destroy(&a));
  /* A stack by its end. */
  char *stack = aligned_alloc(4096, 1 << 18);
  void *end;
  pthread_attr_init(&a);
  CHECK(!pthread_attr_setstacksize(&a, 1 << 18) && !pthread_attr_setstackaddr(&a, stack + (1 << 18)) && !pthread_attr_getstackaddr(&a, &end) && end == stack + (1 << 18));
  CHECK(!pthread_create(&t, &a, in_given_stack, stack) && !pthread_join(t, &result) && result);
  CHECK(pthread_setattr_default_np(&a) == EINVAL);
  pthread_attr_destroy(&a);
  /* Defaults. */
  size_t size, page = sysconf(_SC_PAGESIZE);
  CHECK(!pthread_getattr_default_np(&a) && !pthread_attr_getguardsize(&a, &size) && size == page);
  CHECK(!pthread_attr_setguardsize(&a, 3 * page) && !pthread_attr_setstacksize(&a, 1 << 19) && !pthread_setattr_default_np(&a));
  pthread_attr_destroy(&a);
  CHECK(!pthread_create(&t, NULL, guard, NULL) && !pthread_join(t, &result) && (size_t)result == 3 * page);
  CHECK(!pthread_attr_init(&a) && !pthread_attr_getstacksize(&a, &size) && size == 1 << 19);
  pthread_attr_destroy(&a);
  /* A signal with a value for a thread that has it blocked. */
  union sigval value = {.sival_int = 99};
  CHECK(!pthread_create(&t, NULL, take, &mine) && !pthread_sigqueue(t, SIGUSR1, value) && !pthread_join(t, &result) && result);
  CHECK(pthread_sigqueue(pthread_self(), 1000, value) == EINVAL && pthread_sigqueue(pthread_self(), 32, value) == EINVAL);
  CHECK(pthread_yield() == 0);
  free(stack);
  return failed;
}
