/* Threads' names, and joins that do not wait or not long. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static sem_t go;
static void *wait_for_it(void *value) {
  while (sem_wait(&go)) {}
  return value;
}

int main(void) {
  int failed = 0;
  char name[16];
  void *result = NULL;
  struct timespec when;
  pthread_t thread;
  sem_init(&go, 0, 0);
  CHECK(pthread_setname_np(pthread_self(), "main-thread") == 0 && pthread_getname_np(pthread_self(), name, sizeof name) == 0 && !strcmp(name, "main-thread"));
  CHECK(pthread_setname_np(pthread_self(), "sixteen letters!") == ERANGE);
  CHECK(pthread_setname_np(pthread_self(), "fifteen letters") == 0);
  CHECK(pthread_getname_np(pthread_self(), name, 15) == ERANGE && pthread_getname_np(pthread_self(), name, 16) == 0 && !strcmp(name, "fifteen letters"));
  CHECK(pthread_create(&thread, NULL, wait_for_it, name) == 0);
  CHECK(pthread_getname_np(thread, name, sizeof name) == 0 && !strcmp(name, "fifteen letters"));
  CHECK(pthread_tryjoin_np(thread, &result) == EBUSY && result == NULL);
  clock_gettime(CLOCK_REALTIME, &when);
  when.tv_sec--;
  CHECK(pthread_timedjoin_np(thread, &result, &when) == ETIMEDOUT);
  sem_post(&go);
  when.tv_nsec = 0;
  when.tv_sec += 100;
  CHECK(pthread_timedjoin_np(thread, &result, &when) == 0 && result == name);
  result = NULL;
  CHECK(pthread_create(&thread, NULL, wait_for_it, &go) == 0);
  sem_post(&go);
  int error;
  while ((error = pthread_tryjoin_np(thread, &result)) == EBUSY) nanosleep(&(struct timespec){0, 1000000}, NULL);
  CHECK(error == 0 && result == &go);
  CHECK(pthread_create(&thread, NULL, wait_for_it, NULL) == 0);
  sem_post(&go);
  CHECK(pthread_timedjoin_np(thread, &result, NULL) == 0 && result == NULL);
  return failed;
}
