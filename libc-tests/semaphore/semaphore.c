/* Semaphores in memory and by name. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static sem_t items, spaces;
static int slot;
static long total;

static void *produce(void *argument) {
  for (int i = 1; i <= 3000; i++) {
    sem_wait(&spaces);
    slot = i;
    sem_post(&items);
  }
  return argument;
}

int main(void) {
  pthread_t thread;
  int value;
  sem_init(&items, 0, 0);
  sem_init(&spaces, 0, 1);
  pthread_create(&thread, 0, produce, 0);
  for (int i = 0; i < 3000; i++) {
    sem_wait(&items);
    total += slot;
    sem_post(&spaces);
  }
  pthread_join(thread, 0);
  printf("total %ld\n", total);
  int tried = sem_trywait(&items);
  printf("trywait %d %d\n", tried, errno == EAGAIN);
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec -= 1;
  int waited = sem_timedwait(&items, &until);
  printf("timedwait %d %d\n", waited, errno == ETIMEDOUT);
  sem_post(&items);
  sem_post(&items);
  sem_getvalue(&items, &value);
  printf("value %d\n", value);
  int made = sem_init(&items, 0, 0x80000000u);
  printf("too large %d %d\n", made, errno == EINVAL);

  char name[64];
  snprintf(name, sizeof name, "/clew-test-%d", (int)getpid());
  sem_t *missing = sem_open(name, 0);
  printf("missing %d %d\n", missing == SEM_FAILED, errno == ENOENT);
  sem_t *first = sem_open(name, O_CREAT | O_EXCL, 0600, 3);
  if (first == SEM_FAILED) {
    perror("sem_open");
    return 1;
  }
  sem_t *exists = sem_open(name, O_CREAT | O_EXCL, 0600, 3);
  printf("exists %d %d\n", exists == SEM_FAILED, errno == EEXIST);
  sem_t *second = sem_open(name, 0);
  printf("same %d\n", first == second);
  sem_wait(second);
  sem_getvalue(first, &value);
  printf("value %d\n", value);
  printf("close %d %d\n", sem_close(first), sem_close(second));
  printf("unlink %d\n", sem_unlink(name));
  int gone = sem_unlink(name);
  printf("unlink again %d %d\n", gone, errno == ENOENT);
  return 0;
}
