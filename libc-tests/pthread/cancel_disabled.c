/* A request to a thread that holds requests back is not seen by it: no call returns EINTR.
   expect: not-musl it interrupts the calls */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

#define MILLISECOND 1000000

static sem_t ready, never;

static void *sleeps(void *argument) {
  long which = (long)argument;
  int r = -2;
  struct timespec span = {0, 100 * MILLISECOND}, until;
  struct timeval short_span = {0, 100000};
  struct epoll_event event;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, 0);
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_nsec += 100 * MILLISECOND;
  if (until.tv_nsec >= 1000 * MILLISECOND) until.tv_nsec -= 1000 * MILLISECOND, until.tv_sec++;
  int epoll = epoll_create1(0);
  sem_post(&ready);
  errno = 0;
  switch (which) {
  case 0: r = nanosleep(&span, 0); break;
  case 1: r = poll(0, 0, 100); break;
  case 2: r = select(0, 0, 0, 0, &short_span); break;
  case 3: r = usleep(100000); break;
  case 4: r = sem_timedwait(&never, &until); break;
  case 5: r = epoll_wait(epoll, &event, 1, 100); break;
  }
  printf("%ld: %d%s\n", which, r, r < 0 && errno == EINTR ? " EINTR" : "");
  close(epoll);
  return (void *)(long)(r < 0 && errno == EINTR);
}

int main(void) {
  int failed = 0;
  sem_init(&ready, 0, 0);
  sem_init(&never, 0, 0);
  for (long i = 0; i < 6; i++) {
    pthread_t thread;
    void *interrupted;
    pthread_create(&thread, 0, sleeps, (void *)i);
    sem_wait(&ready);
    usleep(30000); /* let it sleep; the test is worth nothing if it does not, but passes */
    pthread_cancel(thread);
    pthread_join(thread, &interrupted);
    failed |= interrupted != 0;
  }
  return failed;
}
