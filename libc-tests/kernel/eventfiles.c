/* Timers and signals as files: timerfd, signalfd, alone, in poll and in epoll. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int ready(int fd, int timeout)
{
  struct pollfd wait = { .fd = fd, .events = POLLIN };
  return poll(&wait, 1, timeout) == 1 && wait.revents == POLLIN;
}

static void timers(void)
{
  uint64_t count = 0;
  struct timespec now;
  struct itimerspec set = { { 0, 20000000 }, { 0, 400000000 } }, old;
  int t = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  assert(t >= 0 && read(t, &count, sizeof count) == -1 && errno == EAGAIN);
  assert(timerfd_gettime(t, &old) == 0 && old.it_value.tv_nsec == 0 && old.it_value.tv_sec == 0);
  assert(timerfd_settime(t, 0, &set, &old) == 0 && !ready(t, 0));
  assert(timerfd_gettime(t, &old) == 0 && old.it_interval.tv_nsec == 20000000 && old.it_value.tv_nsec > 0);
  assert(ready(t, 5000));
  usleep(50000);
  assert(read(t, &count, 4) == -1 && errno == EINVAL);
  assert(read(t, &count, sizeof count) == 8 && count >= 2);
  set.it_interval.tv_nsec = set.it_value.tv_nsec = 0;
  assert(timerfd_settime(t, 0, &set, NULL) == 0 && !ready(t, 30));
  set.it_value.tv_nsec = 1000000000;
  assert(timerfd_settime(t, 0, &set, NULL) == -1 && errno == EINVAL);
  close(t);

  t = timerfd_create(CLOCK_REALTIME, 0);
  clock_gettime(CLOCK_REALTIME, &now);
  set.it_value = now;
  assert(timerfd_settime(t, TFD_TIMER_ABSTIME, &set, NULL) == 0 && ready(t, 0));
  assert(read(t, &count, sizeof count) == 8 && count == 1 && !ready(t, 0));
  set.it_value.tv_sec = 0;
  set.it_value.tv_nsec = 200000000;
  assert(timerfd_settime(t, 0, &set, NULL) == 0);
  assert(read(t, &count, sizeof count) == 8 && count == 1);
  struct epoll_event event = { .events = EPOLLIN }, got;
  int e = epoll_create1(0);
  assert(epoll_ctl(e, EPOLL_CTL_ADD, t, &event) == 0 && epoll_wait(e, &got, 1, 0) == 0);
  assert(timerfd_settime(t, 0, &set, NULL) == 0 && epoll_wait(e, &got, 1, 5000) == 1);
  close(e);
  close(t);
  assert(timerfd_create(99, 0) == -1 && errno == EINVAL);
  assert(timerfd_create(CLOCK_MONOTONIC, 1) == -1 && errno == EINVAL);
  assert(timerfd_settime(0x7ffe, 0, &set, NULL) == -1 && errno == EBADF);
  puts("timers: ok");
}

static void signals(void)
{
  struct signalfd_siginfo info[2];
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGRTMIN + 1);
  sigaddset(&set, SIGCHLD);
  assert(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
  int s = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  assert(s >= 0 && !ready(s, 0) && read(s, info, sizeof info) == -1 && errno == EAGAIN);
  assert(read(s, info, 100) == -1 && errno == EINVAL);
  assert(kill(getpid(), SIGUSR1) == 0 && ready(s, 0));
  assert(sigqueue(getpid(), SIGRTMIN + 1, (union sigval){ .sival_int = 42 }) == 0);
  assert(read(s, info, sizeof info) == 2 * sizeof *info);
  assert(info[0].ssi_signo == SIGUSR1 && info[0].ssi_pid == (uint32_t)getpid() && info[0].ssi_code == SI_USER);
  assert(info[1].ssi_signo == (uint32_t)SIGRTMIN + 1 && info[1].ssi_int == 42 && info[1].ssi_code == SI_QUEUE);
  assert(!ready(s, 0));
  pid_t child = fork();
  if (child == 0) {
    usleep(20000);
    _exit(3);
  }
  struct epoll_event event = { .events = EPOLLIN }, got;
  int e = epoll_create1(0);
  assert(epoll_ctl(e, EPOLL_CTL_ADD, s, &event) == 0 && epoll_wait(e, &got, 1, 5000) == 1);
  assert(read(s, info, sizeof info) == sizeof *info && info[0].ssi_signo == SIGCHLD);
  assert(info[0].ssi_pid == (uint32_t)child && info[0].ssi_status == 3);
  waitpid(child, NULL, 0);
  sigdelset(&set, SIGUSR1);
  assert(signalfd(s, &set, 0) == s && kill(getpid(), SIGUSR1) == 0 && !ready(s, 0));
  puts("signals: ok");
  close(e);
  close(s);
}

/* Which fields a signal fills: no others are anything but 0. */
static void show(int s, const char *what, uid_t user, int fd)
{
  struct signalfd_siginfo info;
  memset(&info, 0x55, sizeof info);
  assert(ready(s, 5000) && read(s, &info, sizeof info) == sizeof info);
  unsigned signal = info.ssi_signo;
  unsigned realtime = SIGRTMIN;
  if (signal < realtime)
    printf("%s: signal %u", what, signal);
  else
    printf("%s: signal SIGRTMIN+%u", what, signal - realtime);
  printf(" code %d", info.ssi_code);
  printf(" pid %s", info.ssi_pid == 0 ? "0" : info.ssi_pid == (uint32_t)getpid() ? "own" : "other");
  printf(" uid %s fd %s", info.ssi_uid == user ? "right" : "wrong", info.ssi_fd == 0 ? "0" : info.ssi_fd == fd ? "right" : "wrong");
  printf(" tid %d band %#x overrun %u status %d", info.ssi_tid != 0, info.ssi_band, info.ssi_overrun, info.ssi_status);
  printf(" int %d ptr %#llx addr %#llx", info.ssi_int, (unsigned long long)info.ssi_ptr, (unsigned long long)info.ssi_addr);
  printf(" call %d\n", info.ssi_syscall);
}

static void fields(void)
{
  sigset_t all;
  sigfillset(&all);
  assert(sigprocmask(SIG_SETMASK, &all, NULL) == 0);
  while (sigtimedwait(&all, NULL, &(struct timespec){ 0, 0 }) > 0)
    ;
  int s = signalfd(-1, &all, SFD_NONBLOCK | SFD_CLOEXEC);
  kill(getpid(), SIGUSR1);
  show(s, "kill", getuid(), -1);
  sigqueue(getpid(), SIGRTMIN + 1, (union sigval){ .sival_int = 42 });
  show(s, "sigqueue", getuid(), -1);
  int pipes[2];
  assert(pipe(pipes) == 0);
  fcntl(pipes[0], F_SETOWN, getpid());
  fcntl(pipes[0], F_SETSIG, SIGRTMIN + 2);
  fcntl(pipes[0], F_SETFL, O_ASYNC);
  assert(write(pipes[1], "x", 1) == 1);
  show(s, "readable", 0, pipes[0]);
  close(pipes[0]);
  close(pipes[1]);
  timer_t first, timer;
  struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR2, .sigev_value.sival_int = 7 };
  struct itimerspec soon = { { 0, 0 }, { 0, 1000000 } };
  /* The number of the second is not 0. */
  assert(timer_create(CLOCK_MONOTONIC, &event, &first) == 0 && timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
  assert(timer_settime(timer, 0, &soon, NULL) == 0);
  show(s, "timer", 0, -1);
  timer_delete(first);
  timer_delete(timer);
  pid_t child = fork();
  if (child == 0)
    _exit(3);
  show(s, "child", getuid(), -1);
  waitpid(child, NULL, 0);
  close(s);
}

int main(void)
{
  timers();
  signals();
  fields();
  return 0;
}
