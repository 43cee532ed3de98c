/* expect: not-musl it has no names with _np */
/* The names that robust mutexes had before the standard took them. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static pthread_mutex_t mutex;
static void *die_with_it(void *unused) { return pthread_mutex_lock(&mutex) ? (void *)1 : NULL; }

int main(void) {
  int failed = 0, robust = -1;
  pthread_mutexattr_t attr;
  pthread_t thread;
  CHECK(pthread_mutexattr_init(&attr) == 0);
  CHECK(pthread_mutexattr_getrobust_np(&attr, &robust) == 0 && robust == PTHREAD_MUTEX_STALLED_NP);
  CHECK(pthread_mutexattr_setrobust_np(&attr, PTHREAD_MUTEX_ROBUST_NP) == 0 && pthread_mutexattr_getrobust_np(&attr, &robust) == 0 && robust == PTHREAD_MUTEX_ROBUST_NP);
  CHECK(pthread_mutexattr_setrobust_np(&attr, 7) == EINVAL);
  CHECK(pthread_mutex_init(&mutex, &attr) == 0);
  void *result;
  CHECK(pthread_create(&thread, NULL, die_with_it, NULL) == 0 && pthread_join(thread, &result) == 0 && result == NULL);
  CHECK(pthread_mutex_lock(&mutex) == EOWNERDEAD && pthread_mutex_consistent_np(&mutex) == 0);
  CHECK(pthread_mutex_consistent_np(&mutex) == EINVAL);
  CHECK(pthread_mutex_unlock(&mutex) == 0 && pthread_mutex_lock(&mutex) == 0 && pthread_mutex_unlock(&mutex) == 0);
  return failed;
}
