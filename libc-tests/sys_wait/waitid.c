/* waitid: each kind of end, waiting without taking, and children that are not there. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0;
  siginfo_t i;
  pid_t a = fork();
  if (a == 0) _exit(7);
  CHECK(waitid(P_PID, a, &i, WEXITED | WNOWAIT) == 0 && i.si_pid == a && i.si_signo == SIGCHLD && i.si_code == CLD_EXITED && i.si_status == 7);
  CHECK(waitid(P_ALL, 0, &i, WEXITED) == 0 && i.si_pid == a);
  errno = 0;
  CHECK(waitid(P_PID, a, &i, WEXITED) == -1 && errno == ECHILD);
  errno = 0;
  CHECK(waitid(P_ALL, 0, &i, 0) == -1 && errno == EINVAL);
  pid_t b = fork();
  if (b == 0) {
    for (;;) pause();
  }
  i.si_pid = 99;
  CHECK(waitid(P_PID, b, &i, WEXITED | WNOHANG) == 0 && i.si_pid == 0);
  kill(b, SIGSTOP);
  CHECK(waitid(P_PID, b, &i, WSTOPPED) == 0 && i.si_code == CLD_STOPPED && i.si_status == SIGSTOP);
  kill(b, SIGCONT);
  CHECK(waitid(P_PID, b, &i, WCONTINUED) == 0 && i.si_code == CLD_CONTINUED && i.si_status == SIGCONT);
  kill(b, SIGKILL);
  CHECK(waitid(P_PGID, getpgrp(), &i, WEXITED) == 0 && i.si_pid == b && i.si_code == CLD_KILLED && i.si_status == SIGKILL);
  struct rlimit l;
  struct rusage u;
  CHECK(getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur <= l.rlim_max && l.rlim_cur >= 64);
  rlim_t before = l.rlim_cur;
  l.rlim_cur = 64;
  CHECK(setrlimit(RLIMIT_NOFILE, &l) == 0 && getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur == 64 && sysconf(_SC_OPEN_MAX) == 64);
  l.rlim_cur = before;
  setrlimit(RLIMIT_NOFILE, &l);
  errno = 0;
  CHECK(getrlimit(999, &l) == -1 && errno == EINVAL);
  CHECK(getrusage(RUSAGE_SELF, &u) == 0 && u.ru_maxrss > 0 && getrusage(RUSAGE_CHILDREN, &u) == 0);
  errno = 0;
  CHECK(getrusage(77, &u) == -1 && errno == EINVAL);
  return failed;
}
