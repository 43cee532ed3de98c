/* Signal-driven input and output: F_SETOWN, F_SETSIG, O_ASYNC. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *result(long value)
{
  static char text[40];
  if (value != -1)
    return value == 0 ? "0" : value == getpid() ? "self" : value == -getpgrp() ? "group" : "a number";
  snprintf(text, sizeof text, "%s", errno == EBADF ? "EBADF" : errno == EINVAL ? "EINVAL" : errno == ESRCH ? "ESRCH" : errno == EFAULT ? "EFAULT" : errno == ENOTTY ? "ENOTTY" : strerror(errno));
  return text;
}

#define SHOW(call) (errno = 0, printf("%s: %s\n", #call, result(call)))

static const char *what(int code)
{
  return code == POLL_IN ? "in" : code == POLL_OUT ? "out" : code == POLL_HUP ? "hang-up" : code == SI_KERNEL ? "kernel" : "?";
}

/* What is pending of `signal`, in order. */
static void drain(const char *when, int signal, int fd)
{
  sigset_t set;
  siginfo_t info;
  struct timespec none = { 0, 0 };
  sigemptyset(&set);
  sigaddset(&set, signal);
  printf("%s:", when);
  while (sigtimedwait(&set, &info, &none) == signal) {
    printf(" %s", what(info.si_code));
    if (info.si_code != SI_KERNEL)
      printf("(%#lx%s)", (long)info.si_band, info.si_fd == fd ? "" : ", wrong descriptor");
  }
  printf("\n");
}

static int asynchronous(int fd)
{
  return fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_ASYNC);
}

static void owners(void)
{
  int ends[2], kind[2] = { 99, 99 };
  struct f_owner_ex owner = { 7, 1 };
  if (pipe(ends))
    return;
  SHOW(fcntl(ends[0], F_GETOWN));
  SHOW(fcntl(ends[0], F_SETOWN, getpid()));
  SHOW(fcntl(ends[0], F_GETOWN));
  SHOW(fcntl(ends[0], F_SETOWN, -getpgrp()));
  /* Also where the group's number is as small as an error's. */
  errno = 0;
  kind[0] = fcntl(ends[0], F_GETOWN);
  printf("owner: %s\n", kind[0] == -getpgrp() && errno == 0 ? "own group" : strerror(errno));
  SHOW(fcntl(ends[0], F_GETOWN_EX, kind));
  printf("kind %d, %s\n", kind[0], kind[1] == getpgrp() ? "own group" : "?");
  SHOW(fcntl(ends[0], F_SETOWN, 4000000));
  SHOW(fcntl(ends[0], F_SETOWN, -4000000));
  SHOW(fcntl(ends[0], F_SETOWN, (int)0x80000000));
  SHOW(fcntl(ends[0], F_SETOWN_EX, &owner));
  owner.type = F_OWNER_TID;
  owner.pid = syscall(SYS_gettid);
  SHOW(fcntl(ends[0], F_SETOWN_EX, &owner));
  SHOW(fcntl(ends[0], F_GETOWN_EX, kind));
  printf("kind %d, %s\n", kind[0], result(kind[1]));
  SHOW(fcntl(ends[0], F_SETOWN_EX, NULL));
  SHOW(fcntl(ends[0], F_SETOWN, 0));
  SHOW(fcntl(ends[0], F_GETOWN));
  SHOW(fcntl(ends[0], F_GETSIG));
  SHOW(fcntl(ends[0], F_SETSIG, 65));
  SHOW(fcntl(ends[0], F_SETSIG, SIGRTMIN + 1));
  printf("signal %d\n", fcntl(ends[0], F_GETSIG) - SIGRTMIN);
  close(ends[0]);
  SHOW(fcntl(ends[0], F_GETOWN));
  ends[0] = open(".", O_PATH);
  SHOW(fcntl(ends[0], F_SETOWN, getpid()));
  close(ends[0]);
  close(ends[1]);
}

static void a_pipe(int rt)
{
  char byte, full[65536];
  int ends[2], copy;
  if (pipe(ends))
    return;
  fcntl(ends[0], F_SETOWN, getpid());
  if (write(ends[1], "x", 1) != 1)
    return;
  drain("before O_ASYNC", SIGIO, ends[0]);
  SHOW(asynchronous(ends[0]));
  printf("flags %#x\n", fcntl(ends[0], F_GETFL));
  drain("after O_ASYNC", SIGIO, ends[0]);
  if (write(ends[1], "x", 1) != 1)
    return;
  drain("a byte more", SIGIO, ends[0]);
  fcntl(ends[0], F_SETSIG, rt);
  if (write(ends[1], "x", 1) != 1 || write(ends[1], "y", 1) != 1)
    return;
  drain("two more", rt, ends[0]);
  if (read(ends[0], &byte, 1) != 1)
    return;
  drain("after a read", rt, ends[0]);
  copy = dup(ends[0]);
  if (write(ends[1], "x", 1) != 1)
    return;
  drain("with a copy", rt, ends[0]);
  fcntl(copy, F_SETFL, fcntl(copy, F_GETFL) & ~O_ASYNC);
  if (write(ends[1], "x", 1) != 1)
    return;
  drain("turned off by the copy", rt, ends[0]);
  asynchronous(copy);
  close(ends[1]);
  drain("no writer", rt, copy);
  close(ends[0]);
  close(copy);

  /* The writer's side. */
  if (pipe(ends))
    return;
  fcntl(ends[1], F_SETOWN, getpid());
  fcntl(ends[1], F_SETSIG, rt);
  asynchronous(ends[1]);
  memset(full, 'f', sizeof full);
  if (write(ends[1], full, sizeof full) != sizeof full)
    return;
  drain("full", rt, ends[1]);
  if (read(ends[0], full, sizeof full) != sizeof full)
    return;
  drain("emptied", rt, ends[1]);
  close(ends[0]);
  drain("no reader", rt, ends[1]);
  close(ends[1]);
}

static void sockets(int rt)
{
  int pair[2], on = 1, owner = 0;
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
    return;
  owner = getpid();
  SHOW(ioctl(pair[0], FIOSETOWN, &owner));
  owner = 0;
  SHOW(ioctl(pair[0], SIOCGPGRP, &owner));
  printf("owner %s\n", result(owner));
  fcntl(pair[0], F_SETSIG, rt);
  SHOW(ioctl(pair[0], FIOASYNC, &on));
  printf("flags %#x\n", fcntl(pair[0], F_GETFL));
  if (write(pair[1], "x", 1) != 1)
    return;
  drain("socket", rt, pair[0]);
  if (write(pair[1], "x", 1) != 1)
    return;
  drain("socket again", rt, pair[0]);
  close(pair[0]);
  close(pair[1]);
  SHOW(ioctl(STDOUT_FILENO, FIOASYNC, &on) == -1 && errno != ENOTTY);
}

static void others(int rt)
{
  char byte[4];
  int master, slave, watch, file;
  if (openpty(&master, &slave, NULL, NULL, NULL))
    return;
  fcntl(slave, F_SETSIG, rt);
  SHOW(asynchronous(slave));
  SHOW(fcntl(slave, F_GETOWN));
  struct pollfd line = { .fd = slave, .events = POLLIN };
  if (write(master, "line\n", 5) != 5 || poll(&line, 1, 10000) != 1)
    return;
  drain("terminal", rt, slave);
  close(slave);
  close(master);

  watch = inotify_init1(IN_NONBLOCK);
  inotify_add_watch(watch, ".", IN_CREATE);
  fcntl(watch, F_SETOWN, getpid());
  fcntl(watch, F_SETSIG, rt);
  SHOW(asynchronous(watch));
  file = open("new", O_CREAT | O_RDWR, 0600);
  drain("inotify", rt, watch);
  close(watch);

  /* A regular file is always ready: the flag does not stay. */
  SHOW(asynchronous(file));
  printf("flags %#x\n", fcntl(file, F_GETFL) & O_ASYNC);
  if (write(file, "x", 1) != 1 || pread(file, byte, 1, 0) != 1)
    return;
  close(file);
}

/* The whole group hears, and a child that is another user's does not. */
static void a_group(int rt)
{
  int ends[2], ready[2], status;
  char byte;
  pid_t child;
  if (pipe(ends) || pipe(ready))
    return;
  fcntl(ends[0], F_SETOWN, -getpgrp());
  fcntl(ends[0], F_SETSIG, rt);
  asynchronous(ends[0]);
  child = fork();
  if (child == 0) {
    sigset_t set;
    struct timespec limit = { 20, 0 };
    sigemptyset(&set);
    sigaddset(&set, rt);
    if (write(ready[1], "r", 1) != 1)
      _exit(3);
    _exit(sigtimedwait(&set, NULL, &limit) == rt ? 0 : 1);
  }
  if (read(ready[0], &byte, 1) != 1 || write(ends[1], "x", 1) != 1)
    return;
  drain("group", rt, ends[0]);
  waitpid(child, &status, 0);
  printf("child %#x\n", status);
}

int main(void)
{
  int rt = SIGRTMIN + 2;
  sigset_t set;
  if (setpgid(0, 0) && getpgrp() != getpid())
    return 1;
  sigemptyset(&set);
  sigaddset(&set, SIGIO);
  sigaddset(&set, rt);
  sigprocmask(SIG_BLOCK, &set, NULL);
  owners();
  a_pipe(rt);
  sockets(rt);
  others(rt);
  a_group(rt);
  return 0;
}
