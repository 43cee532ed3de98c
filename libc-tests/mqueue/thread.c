/* expect: not-glibc its threads are told through a netlink socket, which not every kernel has; on a busy Linux, one run in a hundred waits for ever */
/* expect: not-musl for the same reason */
/* mq_notify with SIGEV_THREAD: the function runs once, on another thread, with the value; requests taken back by null and
   by closing are not served; another process's request is in the way. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static sem_t told;
static int value, calls;
static pthread_t on;
static char name[40], text[8192];

static void tell(union sigval v) {
  value = v.sival_int;
  on = pthread_self();
  calls++;
  sem_post(&told);
}

int main(void) {
  struct sigevent event;
  struct mq_attr attr = {.mq_maxmsg = 4, .mq_msgsize = 16};
  sprintf(name, "/clew-thread-%d", getpid());
  mqd_t q = mq_open(name, O_CREAT | O_RDWR | O_EXCL, 0600, &attr), other;
  assert(q >= 0);
  sem_init(&told, 0, 0);
  memset(&event, 0, sizeof event);
  event.sigev_notify = SIGEV_THREAD;
  event.sigev_notify_function = tell;
  for (int i = 1; i <= 5; i++) {
    event.sigev_value.sival_int = 10 * i;
    assert(mq_notify(q, &event) == 0);
    assert(mq_notify(q, &event) == -1 && errno == EBUSY);
    assert(mq_send(q, "x", 1, 0) == 0);
    assert(sem_wait(&told) == 0 && value == 10 * i && !pthread_equal(on, pthread_self()));
    assert(mq_receive(q, text, sizeof text, NULL) == 1);
  }
  assert(calls == 5);
  /* Taken back, the request is in nobody's way. */
  assert(mq_notify(q, &event) == 0 && mq_notify(q, NULL) == 0);
  assert(mq_send(q, "y", 1, 0) == 0 && mq_receive(q, text, sizeof text, NULL) == 1);
  other = mq_open(name, O_RDONLY);
  assert(mq_notify(q, &event) == 0 && mq_close(other) == 0);
  assert(mq_notify(q, &event) == 0);
  pid_t child = fork();
  if (child == 0) {
    assert(mq_notify(q, &event) == -1 && errno == EBUSY);
    assert(mq_send(q, "z", 1, 0) == 0);
    _exit(0);
  }
  int status;
  assert(waitpid(child, &status, 0) == child && status == 0);
  assert(sem_wait(&told) == 0 && calls == 6);
  assert(mq_notify(99, &event) == -1 && errno == EBADF);
  assert(mq_close(q) == 0 && mq_unlink(name) == 0);
  puts("ok");
  return 0;
}
