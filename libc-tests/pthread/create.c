/* Threads: arguments, results, thread-local variables, detached threads, attributes, many in a row. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static __thread int local = 7;
static __thread char zeroed[3000];
static __thread long aligned __attribute__((aligned(256))) = 3;

static void *square(void *argument) {
  intptr_t value = (intptr_t)argument;
  int fresh = local == 7 && zeroed[0] == 0 && zeroed[2999] == 0 && aligned == 3 && ((uintptr_t)&aligned & 255) == 0;
  local = (int)value;
  zeroed[0] = zeroed[2999] = 1;
  aligned = value;
  errno = (int)value;
  return (void *)(fresh && local == value && errno == value ? value * value : -1);
}

static sem_t done;

static void *detached(void *argument) {
  (void)argument;
  sem_post(&done);
  return 0;
}

static void *exits(void *argument) {
  pthread_exit(argument);
}

static void *stack_user(void *argument) {
  volatile char big[100000];
  memset((void *)big, 1, sizeof big);
  return big[500] == 1 ? argument : 0;
}

static void *own_stack(void *argument) {
  int here;
  char *low = argument;
  return (void *)(intptr_t)((char *)&here > low && (char *)&here < low + 65536);
}

static void *never(void *argument) {
  return argument;
}

int main(void) {
  pthread_t threads[32];
  void *result;
  for (intptr_t i = 0; i < 32; i++)
    if (pthread_create(&threads[i], 0, square, (void *)i)) return 1;
  long sum = 0;
  for (int i = 0; i < 32; i++) {
    if (pthread_join(threads[i], &result)) return 2;
    sum += (intptr_t)result;
  }
  printf("sum of squares %ld, main's local %d\n", sum, local);
  for (int i = 0; i < 500; i++) {
    if (pthread_create(&threads[0], 0, square, (void *)3) || pthread_join(threads[0], &result)) return 3;
    if ((intptr_t)result != 9) return 4;
  }
  pthread_create(&threads[0], 0, exits, (void *)123);
  pthread_join(threads[0], &result);
  printf("pthread_exit %ld\n", (long)(intptr_t)result);

  pthread_attr_t attr;
  size_t size;
  int state;
  pthread_attr_init(&attr);
  printf("tiny stack: %d\n", pthread_attr_setstacksize(&attr, 100) == EINVAL);
  printf("setstacksize %d\n", pthread_attr_setstacksize(&attr, 256 * 1024));
  pthread_attr_getstacksize(&attr, &size);
  printf("stack size %zu\n", size);
  pthread_create(&threads[0], &attr, stack_user, (void *)5);
  pthread_join(threads[0], &result);
  printf("used %ld\n", (long)(intptr_t)result);
  pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
  pthread_attr_getdetachstate(&attr, &state);
  printf("detached %d, bad state %d\n", state == PTHREAD_CREATE_DETACHED, pthread_attr_setdetachstate(&attr, 77));
  sem_init(&done, 0, 0);
  for (int i = 0; i < 100; i++)
    if (pthread_create(&threads[0], &attr, detached, 0)) return 5;
  for (int i = 0; i < 100; i++) sem_wait(&done);
  puts("100 detached threads ran");
  pthread_attr_destroy(&attr);

  pthread_attr_init(&attr);
  char *stack = aligned_alloc(4096, 65536);
  printf("setstack %d\n", pthread_attr_setstack(&attr, stack, 65536));
  pthread_create(&threads[0], &attr, own_stack, stack);
  pthread_join(threads[0], &result);
  printf("on its own stack %ld\n", (long)(intptr_t)result);
  free(stack);

  printf("equal %d\n", !!pthread_equal(pthread_self(), pthread_self()));
  pthread_create(&threads[0], 0, never, 0);
  printf("detach %d\n", pthread_detach(threads[0]));
  return 0;
}
