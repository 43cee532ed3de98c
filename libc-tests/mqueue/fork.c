/* expect: not-glibc its lock may stay taken in the child */
/* expect: not-musl needs the socket as well */
/* A child can ask to be told on a thread although another thread of its parent was asking when it was made. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static atomic_int over, asked;
static char names[2][40];
static mqd_t queues[2];
static struct sigevent event;
static void tell(union sigval v) {}

static void *ask(void *unused) {
  while (!over) {
    /* The threads of earlier requests may not yet have ended. */
    if (mq_notify(queues[0], &event) == 0)
      assert(mq_notify(queues[0], NULL) == 0);
    else
      assert(errno == EAGAIN && usleep(1000) == 0);
    asked = 1;
  }
  return NULL;
}

int main(void) {
  struct mq_attr attr = {.mq_maxmsg = 1, .mq_msgsize = 8};
  pthread_t thread;
  for (int i = 0; i < 2; i++) {
    sprintf(names[i], "/clew-fork-%d-%d", getpid(), i);
    queues[i] = mq_open(names[i], O_CREAT | O_RDWR | O_EXCL, 0600, &attr);
    assert(queues[i] >= 0);
  }
  event.sigev_notify = SIGEV_THREAD;
  event.sigev_notify_function = tell;
  assert(pthread_create(&thread, NULL, ask, NULL) == 0);
  while (!asked) usleep(1000);
  for (int i = 0; i < 30; i++) {
    pid_t child = fork();
    assert(child >= 0);
    if (child == 0) {
      alarm(10);
      _exit(mq_notify(queues[1], &event) == 0 && mq_notify(queues[1], NULL) == 0 ? 0 : 1);
    }
    int status = -1;
    assert(waitpid(child, &status, 0) == child && status == 0);
  }
  over = 1;
  assert(pthread_join(thread, NULL) == 0);
  for (int i = 0; i < 2; i++) assert(mq_close(queues[i]) == 0 && mq_unlink(names[i]) == 0);
  return 0;
}
