/* expect: not-glibc has these names for old programs only
   expect: not-musl has none of them */
/* Names that only old programs call; they are asked for as those were linked. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
extern long long atoq(const char *);
extern int pthread_mutexattr_getkind_np(const pthread_mutexattr_t *, int *);
extern int pthread_mutexattr_setkind_np(pthread_mutexattr_t *, int);

int main(void) {
  int failed = 0, kind = -1;
  pthread_mutexattr_t attr;
  CHECK(atoq(" -9000000000x") == -9000000000 && atoq("x") == 0);
  CHECK(pthread_mutexattr_init(&attr) == 0 && pthread_mutexattr_getkind_np(&attr, &kind) == 0 && kind == PTHREAD_MUTEX_DEFAULT);
  CHECK(pthread_mutexattr_setkind_np(&attr, PTHREAD_MUTEX_ERRORCHECK) == 0 && pthread_mutexattr_getkind_np(&attr, &kind) == 0 && kind == PTHREAD_MUTEX_ERRORCHECK);
  CHECK(pthread_mutexattr_setkind_np(&attr, 99) == EINVAL && pthread_mutexattr_getkind_np(&attr, &kind) == 0 && kind == PTHREAD_MUTEX_ERRORCHECK);
  return failed;
}
