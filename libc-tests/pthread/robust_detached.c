/* A robust mutex whose owner was a detached thread tells of its end, however large the owner's stack was, and however many there are. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <unistd.h>

static pthread_mutex_t mutex[20];
static sem_t locked;

static void *locks(void *argument) {
  pthread_mutex_lock(argument);
  sem_post(&locked);
  return argument;
}

int main(void) {
  int failed = 0;
  pthread_mutexattr_t kind;
  pthread_attr_t attributes;
  pthread_mutexattr_init(&kind);
  pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  sem_init(&locked, 0, 0);
  alarm(20);
  for (int large = 0; large < 2; large++) {
    int told = 0;
    pthread_attr_setstacksize(&attributes, large ? 80 << 20 : 256 << 10);
    for (int i = 0; i < 20; i++) {
      pthread_t thread;
      pthread_mutex_init(&mutex[i], &kind);
      if (large && i > 1) continue;
      pthread_create(&thread, &attributes, locks, &mutex[i]);
    }
    for (int i = 0; i < (large ? 2 : 20); i++) {
      sem_wait(&locked);
    }
    for (int i = 0; i < (large ? 2 : 20); i++) {
      told += pthread_mutex_lock(&mutex[i]) == EOWNERDEAD;
      pthread_mutex_consistent(&mutex[i]);
      pthread_mutex_unlock(&mutex[i]);
    }
    printf("%d told\n", told);
    failed |= told != (large ? 2 : 20);
  }
  return failed;
}
