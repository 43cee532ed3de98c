/* Read-write locks and barriers and spin locks. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_spinlock_t spin;
static long first, second, mismatches, spun;
static int serial;

static void *work(void *argument) {
  for (int i = 0; i < 5000; i++) {
    if (i % 5 == 0) {
      pthread_rwlock_wrlock(&lock);
      first++;
      second++;
      pthread_rwlock_unlock(&lock);
    } else {
      pthread_rwlock_rdlock(&lock);
      if (first != second) mismatches++;
      pthread_rwlock_unlock(&lock);
    }
    pthread_spin_lock(&spin);
    spun++;
    pthread_spin_unlock(&spin);
  }
  return argument;
}

static void *meet(void *argument) {
  for (int i = 0; i < 200; i++) {
    int result = pthread_barrier_wait(&barrier);
    if (result == PTHREAD_BARRIER_SERIAL_THREAD) __sync_fetch_and_add(&serial, 1);
    else if (result) return (void *)1;
  }
  return argument;
}

static void *try_both(void *argument) {
  long read = pthread_rwlock_tryrdlock(&lock);
  if (!read) pthread_rwlock_unlock(&lock);
  long write = pthread_rwlock_trywrlock(&lock);
  if (!write) pthread_rwlock_unlock(&lock);
  (void)argument;
  return (void *)((read == EBUSY) * 2L + (write == EBUSY));
}

static long elsewhere(void) {
  pthread_t thread;
  void *result;
  pthread_create(&thread, 0, try_both, 0);
  pthread_join(thread, &result);
  return (long)result;
}

int main(void) {
  pthread_t threads[4];
  pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
  for (int i = 0; i < 4; i++) pthread_create(&threads[i], 0, work, 0);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], 0);
  printf("%ld %ld %ld %ld\n", first, second, mismatches, spun);
  printf("free: busy for %ld\n", elsewhere());
  pthread_rwlock_rdlock(&lock);
  printf("read twice %d\n", pthread_rwlock_rdlock(&lock));
  printf("reading: busy for %ld\n", elsewhere());
  pthread_rwlock_unlock(&lock);
  pthread_rwlock_unlock(&lock);
  pthread_rwlock_wrlock(&lock);
  printf("writing: busy for %ld\n", elsewhere());
  pthread_rwlock_unlock(&lock);
  printf("free again: busy for %ld\n", elsewhere());
  printf("destroy %d\n", pthread_rwlock_destroy(&lock));

  printf("no threads %d\n", pthread_barrier_init(&barrier, 0, 0) == EINVAL);
  pthread_barrier_init(&barrier, 0, 4);
  for (int i = 0; i < 4; i++) pthread_create(&threads[i], 0, meet, 0);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], 0);
  printf("serial threads %d, destroy %d\n", serial, pthread_barrier_destroy(&barrier));
  printf("spin busy %d", pthread_spin_lock(&spin));
  printf(" %d\n", pthread_spin_trylock(&spin) == EBUSY);
  return 0;
}
