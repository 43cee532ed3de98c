/* POSIX message queues: opening, order, limits, waiting, time-outs, notification. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char name[64];

static mqd_t make(int flags, long messages, long size)
{
  struct mq_attr attr = { .mq_maxmsg = messages, .mq_msgsize = size };
  return mq_open(name, O_CREAT | flags, 0600, &attr);
}

static void errors(void)
{
  char longname[300];
  memset(longname, 'n', sizeof longname);
  longname[0] = '/';
  longname[sizeof longname - 1] = 0;
  assert(mq_open("/clew-test-none", O_RDONLY) == -1 && errno == ENOENT);
  assert(mq_open("no-slash", O_RDONLY) == -1 && (errno == EINVAL || errno == ENOENT));
  assert(mq_open("/", O_RDONLY) == -1 && errno == ENOENT);
  assert(mq_open("/a/b", O_CREAT | O_RDWR, 0600, NULL) == -1 && errno == EACCES);
  assert(mq_open(longname, O_CREAT | O_RDWR, 0600, NULL) == -1 && errno == ENAMETOOLONG);
  assert(make(O_RDWR, 0, 10) == -1 && errno == EINVAL);
  assert(make(O_RDWR, 10, -1) == -1 && errno == EINVAL);
  assert(mq_unlink(name) == -1 && errno == ENOENT);
  assert(mq_send(-1, "", 0, 0) == -1 && errno == EBADF);
  assert(mq_send(0x7ffe, "", 0, 0) == -1 && errno == EBADF);
  int file = open("/dev/null", O_RDWR);
  struct mq_attr attr;
  assert(mq_getattr(file, &attr) == -1 && errno == EBADF);
  close(file);
  puts("errors: ok");
}

static void order(void)
{
  char text[32];
  unsigned priority;
  struct mq_attr attr;
  struct stat st;
  mqd_t q = make(O_RDWR | O_EXCL, 4, 16);
  assert(q >= 0 && (fcntl(q, F_GETFD) & FD_CLOEXEC));
  assert(make(O_RDWR | O_EXCL, 4, 16) == -1 && errno == EEXIST);
  assert(mq_getattr(q, &attr) == 0);
  printf("attr %ld %ld %ld %ld\n", attr.mq_flags, attr.mq_maxmsg, attr.mq_msgsize, attr.mq_curmsgs);
  assert(fstat(q, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0777) == 0600);
  assert(mq_send(q, "low", 4, 1) == 0 && mq_send(q, "high", 5, 9) == 0);
  assert(mq_send(q, "low2", 5, 1) == 0 && mq_send(q, "", 0, 5) == 0);
  assert(mq_send(q, "too long for this queue", 17, 1) == -1 && errno == EMSGSIZE);
  assert(mq_send(q, "x", 1, 32768) == -1 && errno == EINVAL);
  assert(mq_receive(q, text, 15, NULL) == -1 && errno == EMSGSIZE);
  assert(mq_getattr(q, &attr) == 0 && attr.mq_curmsgs == 4);
  struct mq_attr nonblocking = { .mq_flags = O_NONBLOCK }, bad = { .mq_flags = O_APPEND };
  assert(mq_setattr(q, &bad, NULL) == -1 && errno == EINVAL);
  assert(mq_setattr(q, &nonblocking, &attr) == 0 && attr.mq_flags == 0);
  assert(mq_send(q, "full", 5, 1) == -1 && errno == EAGAIN);
  struct pollfd p = { .fd = q, .events = POLLIN | POLLOUT };
  assert(poll(&p, 1, 0) == 1 && p.revents == POLLIN);
  for (int i = 0; i < 4; i++) {
    ssize_t got = mq_receive(q, text, sizeof text, &priority);
    printf("%zd bytes, priority %u, \"%s\"\n", got, priority, got > 0 ? text : "");
    if (i == 0)
      assert(poll(&p, 1, 0) == 1 && p.revents == (POLLIN | POLLOUT));
  }
  assert(mq_receive(q, text, sizeof text, NULL) == -1 && errno == EAGAIN);
  assert(poll(&p, 1, 0) == 1 && p.revents == POLLOUT);
  mqd_t r = mq_open(name, O_RDONLY), w = mq_open(name, O_WRONLY | O_NONBLOCK);
  assert(mq_send(r, "x", 1, 0) == -1 && errno == EBADF);
  assert(mq_receive(w, text, sizeof text, NULL) == -1 && errno == EBADF);
  assert(mq_send(w, "x", 1, 0) == 0 && mq_receive(r, text, sizeof text, NULL) == 1);
  assert(mq_unlink(name) == 0 && mq_open(name, O_RDONLY) == -1 && errno == ENOENT);
  assert(mq_send(w, "y", 1, 0) == 0 && mq_receive(r, text, sizeof text, NULL) == 1 && text[0] == 'y');
  assert(mq_close(q) == 0 && mq_close(r) == 0 && mq_close(w) == 0);
  assert(mq_close(q) == -1 && errno == EBADF);
}

static struct timespec in(long milliseconds)
{
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  t.tv_nsec += milliseconds * 1000000;
  t.tv_sec += t.tv_nsec / 1000000000;
  t.tv_nsec %= 1000000000;
  return t;
}

static void nothing(int signal)
{
}

static void waiting(void)
{
  char text[16];
  unsigned priority = 0;
  mqd_t q = make(O_RDWR, 1, 16);
  struct timespec soon = in(30), past = { 1, 0 }, bad = { 1, 1000000000 };
  assert(mq_timedreceive(q, text, sizeof text, NULL, &soon) == -1 && errno == ETIMEDOUT);
  assert(mq_timedreceive(q, text, sizeof text, NULL, &past) == -1 && errno == ETIMEDOUT);
  assert(mq_timedreceive(q, text, sizeof text, NULL, &bad) == -1 && errno == EINVAL);
  assert(mq_send(q, "1", 1, 0) == 0);
  soon = in(30);
  assert(mq_timedsend(q, "2", 1, 0, &soon) == -1 && errno == ETIMEDOUT);
  pid_t child = fork();
  if (child == 0) {
    char got[16];
    usleep(20000);
    for (int i = 0; i < 200; i++)
      assert(mq_receive(q, got, sizeof got, NULL) >= 1);
    _exit(0);
  }
  for (int i = 1; i < 200; i++)
    assert(mq_send(q, "message", 8, i % 3) == 0);
  int status;
  assert(waitpid(child, &status, 0) == child && status == 0);
  child = fork();
  if (child == 0) {
    usleep(20000);
    assert(mq_send(q, "woken", 6, 7) == 0);
    _exit(0);
  }
  assert(mq_receive(q, text, sizeof text, &priority) == 6 && priority == 7 && !strcmp(text, "woken"));
  waitpid(child, NULL, 0);
  struct sigaction action = { .sa_handler = nothing };
  sigaction(SIGALRM, &action, NULL);
  alarm(1);
  assert(mq_receive(q, text, sizeof text, NULL) == -1 && errno == EINTR);
  mq_close(q);
  mq_unlink(name);
  puts("waiting: ok");
}

static void notification(void)
{
  char text[16];
  siginfo_t info;
  sigset_t set;
  struct timespec second = { 1, 0 }, none = { 0, 0 };
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, NULL);
  mqd_t q = make(O_RDWR, 4, 16);
  struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 42 };
  assert(mq_notify(q, &event) == 0);
  assert(mq_notify(q, &event) == -1 && errno == EBUSY);
  pid_t child = fork();
  if (child == 0) {
    assert(mq_notify(q, &event) == -1 && errno == EBUSY);
    /* Not its own: nothing is taken back. */
    assert(mq_notify(q, NULL) == 0);
    assert(mq_send(q, "1", 1, 0) == 0 && mq_send(q, "2", 1, 0) == 0);
    _exit(0);
  }
  assert(sigtimedwait(&set, &info, &second) == SIGUSR1);
  printf("signal: code %d value %d from the child %d\n", info.si_code == SI_MESGQ, info.si_value.sival_int, info.si_pid == child);
  waitpid(child, NULL, 0);
  assert(sigtimedwait(&set, &info, &none) == -1 && errno == EAGAIN);
  assert(mq_notify(q, &event) == 0);
  assert(mq_send(q, "3", 1, 0) == 0 && sigtimedwait(&set, &info, &none) == -1);
  for (int i = 0; i < 3; i++)
    assert(mq_receive(q, text, sizeof text, NULL) == 1);
  assert(mq_send(q, "4", 1, 0) == 0 && sigtimedwait(&set, &info, &second) == SIGUSR1);
  assert(mq_receive(q, text, sizeof text, NULL) == 1);
  /* Closing any descriptor of the queue takes the request back. */
  mqd_t other = mq_open(name, O_RDONLY);
  assert(mq_notify(q, &event) == 0 && mq_close(other) == 0);
  assert(mq_notify(q, &event) == 0 && mq_notify(q, NULL) == 0);
  assert(mq_send(q, "5", 1, 0) == 0 && sigtimedwait(&set, &info, &none) == -1);
  event.sigev_signo = 99;
  assert(mq_notify(q, &event) == -1 && errno == EINVAL);
  event.sigev_notify = SIGEV_NONE;
  assert(mq_receive(q, text, sizeof text, NULL) == 1 && mq_notify(q, &event) == 0);
  /* A receiver that waits gets the message, and nobody is told. */
  event.sigev_signo = SIGUSR1;
  event.sigev_notify = SIGEV_SIGNAL;
  assert(mq_notify(q, NULL) == 0 && mq_notify(q, &event) == 0);
  child = fork();
  if (child == 0) {
    assert(mq_receive(q, text, sizeof text, NULL) == 1);
    _exit(0);
  }
  usleep(100000);
  assert(mq_send(q, "6", 1, 0) == 0);
  waitpid(child, NULL, 0);
  assert(sigtimedwait(&set, &info, &none) == -1 && mq_notify(q, &event) == -1 && errno == EBUSY);
  mq_close(q);
  mq_unlink(name);
  puts("notification: ok");
}

/* A queue of somebody else's. */
static void permission(void)
{
  int status;
  if (geteuid() != 0) return;
  mqd_t queue = make(O_RDWR, 1, 1);
  assert(queue >= 0);
  pid_t child = fork();
  if (child == 0) {
    if (setgid(65534) || setuid(65534)) _exit(1);
    _exit(mq_unlink(name) == -1 && errno == EACCES ? 0 : 2);
  }
  assert(waitpid(child, &status, 0) == child && status == 0);
  assert(mq_unlink(name) == 0 && mq_close(queue) == 0);
}

int main(void)
{
  sprintf(name, "/clew-test-%d", getpid());
  errors();
  order();
  waiting();
  notification();
  permission();
  return 0;
}
