/* Mutexes of every type, with time limits, and contended. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static pthread_mutex_t plain = PTHREAD_MUTEX_INITIALIZER;
static long counter;

static void *add(void *argument) {
  for (int i = 0; i < 20000; i++) {
    pthread_mutex_lock(&plain);
    counter++;
    pthread_mutex_unlock(&plain);
  }
  return argument;
}

static const char *name(int error) {
  switch (error) {
  case 0: return "0";
  case EBUSY: return "EBUSY";
  case EDEADLK: return "EDEADLK";
  case EPERM: return "EPERM";
  case ETIMEDOUT: return "ETIMEDOUT";
  case EINVAL: return "EINVAL";
  case EOWNERDEAD: return "EOWNERDEAD";
  case ENOTRECOVERABLE: return "ENOTRECOVERABLE";
  default: return "?";
  }
}

static void *try_it(void *mutex) {
  return (void *)(long)pthread_mutex_trylock(mutex);
}

static void *unlock_it(void *mutex) {
  return (void *)(long)pthread_mutex_unlock(mutex);
}

static const char *in_thread(void *(*function)(void *), pthread_mutex_t *mutex) {
  pthread_t thread;
  void *result;
  pthread_create(&thread, 0, function, mutex);
  pthread_join(thread, &result);
  return name((int)(long)result);
}

static void make(pthread_mutex_t *mutex, int type, int robust) {
  pthread_mutexattr_t attr;
  pthread_mutexattr_init(&attr);
  if (pthread_mutexattr_settype(&attr, type)) puts("settype failed");
  if (robust && pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST)) puts("setrobust failed");
  pthread_mutex_init(mutex, &attr);
  pthread_mutexattr_destroy(&attr);
}

static void *die_holding(void *mutex) {
  pthread_mutex_lock(mutex);
  return 0;
}

int main(void) {
  pthread_t threads[4];
  for (int i = 0; i < 4; i++) pthread_create(&threads[i], 0, add, 0);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], 0);
  printf("counter %ld\n", counter);

  pthread_mutex_lock(&plain);
  printf("trylock elsewhere %s\n", in_thread(try_it, &plain));
  printf("trylock here %s\n", name(pthread_mutex_trylock(&plain)));
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_nsec += 20 * 1000 * 1000;
  if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
  printf("timedlock %s\n", name(pthread_mutex_timedlock(&plain, &until)));
  until.tv_nsec = 1000000000;
  printf("bad time %s\n", name(pthread_mutex_timedlock(&plain, &until)));
  pthread_mutex_unlock(&plain);
  printf("destroy %s\n", name(pthread_mutex_destroy(&plain)));

  pthread_mutex_t mutex;
  make(&mutex, PTHREAD_MUTEX_RECURSIVE, 0);
  pthread_mutex_lock(&mutex);
  printf("recursive again %s\n", name(pthread_mutex_lock(&mutex)));
  printf("recursive try %s\n", name(pthread_mutex_trylock(&mutex)));
  pthread_mutex_unlock(&mutex);
  pthread_mutex_unlock(&mutex);
  printf("still held %s\n", in_thread(try_it, &mutex));
  printf("not the owner %s\n", in_thread(unlock_it, &mutex));
  pthread_mutex_unlock(&mutex);
  printf("one too many %s\n", name(pthread_mutex_unlock(&mutex)));

  make(&mutex, PTHREAD_MUTEX_ERRORCHECK, 0);
  pthread_mutex_lock(&mutex);
  printf("errorcheck again %s\n", name(pthread_mutex_lock(&mutex)));
  printf("errorcheck elsewhere %s\n", in_thread(unlock_it, &mutex));
  pthread_mutex_unlock(&mutex);
  printf("errorcheck unlocked %s\n", name(pthread_mutex_unlock(&mutex)));

  make(&mutex, PTHREAD_MUTEX_NORMAL, 1);
  in_thread(die_holding, &mutex);
  printf("robust %s\n", name(pthread_mutex_lock(&mutex)));
  printf("consistent %s\n", name(pthread_mutex_consistent(&mutex)));
  printf("unlock %s\n", name(pthread_mutex_unlock(&mutex)));
  printf("lock again %s\n", name(pthread_mutex_lock(&mutex)));
  printf("elsewhere %s\n", in_thread(try_it, &mutex));
  printf("unlock %s\n", name(pthread_mutex_unlock(&mutex)));
  in_thread(die_holding, &mutex);
  printf("robust try %s\n", name(pthread_mutex_trylock(&mutex)));
  printf("not made consistent %s\n", name(pthread_mutex_unlock(&mutex)));
  printf("lost %s\n", name(pthread_mutex_lock(&mutex)));

  pthread_mutexattr_t attr;
  pthread_mutexattr_init(&attr);
  printf("bad type %s\n", name(pthread_mutexattr_settype(&attr, 55)));
  return 0;
}
