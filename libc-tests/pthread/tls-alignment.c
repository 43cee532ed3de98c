/* Static thread-local variables at every alignment from 16 to 4096, in the first thread and in others. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>

#define ALL(X) X(16) X(32) X(64) X(128) X(256) X(512) X(1024) X(2048) X(4096)

static int failures;

/* A byte in between, so that no variable is aligned by its neighbour. */
#define DECLARE(n)                                                      \
  static __thread char before##n = n >> 6 & 127;                             \
  static __thread int at##n __attribute__((aligned(n))) = n;            \
  static __thread char zero##n[3] __attribute__((aligned(n)));
ALL(DECLARE)

#define VERIFY(n)                                                       \
  if ((uintptr_t)&at##n % n || (uintptr_t)zero##n % n) wrong |= n;      \
  if (at##n != n || before##n != (n >> 6 & 127) || zero##n[0] || zero##n[2]) wrong |= 1; \
  at##n = before##n = zero##n[0] = zero##n[2] = 99;

static void *verify(void *unused) {
  int wrong = 0;
  (void)unused;
  ALL(VERIFY)
  return (void *)(intptr_t)wrong;
}

int main(void) {
  int wrong = (int)(intptr_t)verify(NULL);
  if (wrong) printf("first thread: %#x\n", wrong), failures++;
  for (int i = 0; i < 8; i++) {
    pthread_t thread;
    void *result;
    if (pthread_create(&thread, NULL, verify, NULL) || pthread_join(thread, &result)) return 1;
    if (result) printf("thread %d: %#x\n", i, (int)(intptr_t)result), failures++;
  }
  printf("%d failures\n", failures);
  return failures != 0;
}
