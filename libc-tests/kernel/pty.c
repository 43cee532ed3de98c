/* Pseudo-terminals: both ends, packet mode, window size, controlling terminal, job control, hang-up. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static volatile sig_atomic_t got;
static void note(int signal) { got = signal; }

static int master_end(char *name, size_t size)
{
  int master = posix_openpt(O_RDWR | O_NOCTTY);
  assert(master >= 0);
  assert(ptsname_r(master, name, size) == 0);
  assert(open(name, O_RDWR | O_NOCTTY) == -1 && errno == EIO);
  assert(grantpt(master) == 0 && unlockpt(master) == 0);
  return master;
}

static int readable(int fd)
{
  struct pollfd wait = { .fd = fd, .events = POLLIN };
  int count = poll(&wait, 1, 0);
  assert(count >= 0);
  return count ? wait.revents : 0;
}

static void both_ends(void)
{
  char name[64], buf[64];
  int master = master_end(name, sizeof name);
  int slave = open(name, O_RDWR | O_NOCTTY);
  struct stat by_name, by_fd;
  struct winsize size;
  assert(slave >= 0 && isatty(slave) && isatty(master));
  assert(strcmp(ttyname(slave), name) == 0);
  assert(stat(name, &by_name) == 0 && fstat(slave, &by_fd) == 0);
  assert(by_name.st_ino == by_fd.st_ino && by_name.st_dev == by_fd.st_dev && by_name.st_rdev == by_fd.st_rdev);
  assert(S_ISCHR(by_fd.st_mode) && (by_fd.st_mode & 0777 & ~020) == 0600);
  assert(ioctl(slave, TIOCGWINSZ, &size) == 0 && size.ws_row == 0 && size.ws_col == 0);
  size = (struct winsize){ .ws_row = 30, .ws_col = 100 };
  assert(ioctl(master, TIOCSWINSZ, &size) == 0);
  memset(&size, 0, sizeof size);
  assert(ioctl(slave, TIOCGWINSZ, &size) == 0 && size.ws_row == 30 && size.ws_col == 100);

  assert(write(master, "hey\n", 4) == 4);
  assert(readable(slave) == POLLIN);
  assert(read(slave, buf, sizeof buf) == 4 && memcmp(buf, "hey\n", 4) == 0);
  assert(read(master, buf, sizeof buf) == 5 && memcmp(buf, "hey\r\n", 5) == 0);
  assert(write(slave, "a\n", 2) == 2 && read(master, buf, sizeof buf) == 3 && memcmp(buf, "a\r\n", 3) == 0);
  assert(fcntl(master, F_SETFL, O_NONBLOCK) == 0);
  assert(read(master, buf, sizeof buf) == -1 && errno == EAGAIN && readable(master) == 0);

  struct termios raw;
  assert(tcgetattr(master, &raw) == 0);
  cfmakeraw(&raw);
  assert(tcsetattr(slave, TCSANOW, &raw) == 0);
  assert(write(master, "\003x", 2) == 2 && read(slave, buf, sizeof buf) == 2 && buf[0] == 3);
  puts("both ends: ok");

  int peer = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  assert(peer >= 0 && (fcntl(peer, F_GETFD) & FD_CLOEXEC) && strcmp(ttyname(peer), name) == 0);
  close(peer);
  close(slave);
  assert(readable(master) & POLLHUP);
  assert(read(master, buf, sizeof buf) == -1 && errno == EIO);
  slave = open(name, O_RDWR | O_NOCTTY);
  assert(slave >= 0 && !(readable(master) & POLLHUP));
  close(master);
  assert(read(slave, buf, sizeof buf) == 0);
  assert(write(slave, "x", 1) == -1 && errno == EIO);
  assert((readable(slave) & (POLLHUP | POLLERR | POLLIN)) == (POLLHUP | POLLERR | POLLIN));
  assert(tcgetattr(slave, &raw) == -1 && errno == EIO);
  close(slave);
  assert(access(name, F_OK) == -1);
  puts("hang-up: ok");
}

static void packets(void)
{
  char name[64], buf[64];
  int master = master_end(name, sizeof name), slave = open(name, O_RDWR | O_NOCTTY), on = 1;
  assert(ioctl(master, TIOCPKT, &on) == 0);
  assert(write(slave, "data", 4) == 4);
  assert(read(master, buf, sizeof buf) == 5 && buf[0] == TIOCPKT_DATA && memcmp(buf + 1, "data", 4) == 0);
  assert(tcflush(slave, TCIFLUSH) == 0);
  assert(read(master, buf, sizeof buf) == 1 && (buf[0] & TIOCPKT_FLUSHREAD));
  close(slave);
  close(master);
  puts("packets: ok");
}

static void expect_line(int fd, const char *want)
{
  char buf[128];
  size_t have = 0;
  while (have < strlen(want)) {
    /* One byte at a time: what follows is for the next question. */
    assert(read(fd, buf + have, 1) == 1);
    have++;
  }
  buf[have] = 0;
  if (strcmp(buf, want) != 0) {
    printf("wanted %s, got %s", want, buf);
    exit(1);
  }
}

static void sessions(void)
{
  char name[64];
  int master = master_end(name, sizeof name), status;
  pid_t leader = fork();
  if (leader == 0) {
    int slave;
    close(master);
    assert(setsid() == getpid());
    assert(open("/dev/tty", O_RDWR) == -1 && errno == ENXIO);
    assert((slave = open(name, O_RDWR)) >= 0);
    assert(tcgetpgrp(slave) == getpid() && tcgetsid(slave) == getpid());
    struct termios quiet;
    assert(tcgetattr(slave, &quiet) == 0);
    quiet.c_lflag &= ~ECHO;
    assert(tcsetattr(slave, TCSANOW, &quiet) == 0);
    int tty = open("/dev/tty", O_RDWR);
    assert(tty >= 0);
    signal(SIGWINCH, note);
    signal(SIGINT, note);
    write(tty, "ready\n", 6);
    while (got != SIGWINCH)
      pause();
    write(tty, "size\n", 5);
    while (got != SIGINT)
      pause();
    write(tty, "int\n", 4);

    /* A background job stops when it reads, and reads when it is put in front. */
    pid_t job = fork();
    if (job == 0) {
      char c[8];
      setpgid(0, 0);
      signal(SIGINT, SIG_DFL);
      _exit(read(slave, c, sizeof c) == 4 ? 7 : 8);
    }
    setpgid(job, job);
    assert(waitpid(job, &status, WUNTRACED) == job && WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTIN);
    assert(tcsetpgrp(slave, job) == 0 && tcgetpgrp(slave) == job);
    assert(kill(-job, SIGCONT) == 0);
    write(tty, "front\n", 6);
    assert(waitpid(job, &status, 0) == job && WIFEXITED(status) && WEXITSTATUS(status) == 7);
    signal(SIGTTOU, SIG_IGN);
    assert(tcsetpgrp(slave, getpid()) == 0);

    /* ^Z stops the job in front. */
    job = fork();
    if (job == 0) {
      setpgid(0, 0);
      tcsetpgrp(slave, getpid());
      signal(SIGTTOU, SIG_DFL);
      write(slave, "job\n", 4);
      for (;;)
        pause();
    }
    assert(waitpid(job, &status, WUNTRACED) == job && WIFSTOPPED(status) && WSTOPSIG(status) == SIGTSTP);
    assert(tcsetpgrp(slave, getpid()) == 0);
    kill(job, SIGKILL);
    waitpid(job, &status, 0);
    signal(SIGHUP, note);
    write(tty, "hangup\n", 7);
    while (got != SIGHUP)
      pause();
    assert(open("/dev/tty", O_RDWR) == -1);
    _exit(42);
  }
  expect_line(master, "ready\r\n");
  struct winsize size = { .ws_row = 5, .ws_col = 7 };
  assert(ioctl(master, TIOCSWINSZ, &size) == 0);
  expect_line(master, "size\r\n");
  assert(tcgetpgrp(master) == leader);
  write(master, "\003", 1);
  expect_line(master, "int\r\n");
  expect_line(master, "front\r\n");
  write(master, "abc\n", 4);
  expect_line(master, "job\r\n");
  write(master, "\032", 1);
  expect_line(master, "hangup\r\n");
  close(master);
  assert(waitpid(leader, &status, 0) == leader && WIFEXITED(status) && WEXITSTATUS(status) == 42);
  puts("sessions: ok");
}

static void controlling(void)
{
  char name[64], other[64];
  int a = master_end(name, sizeof name), b = master_end(other, sizeof other), status;
  pid_t child = fork();
  if (child == 0) {
    int s = open(name, O_RDWR | O_NOCTTY), t = open(other, O_RDWR | O_NOCTTY);
    assert(ioctl(s, TIOCSCTTY, 0) == -1 && errno == EPERM);
    assert(setsid() > 0 && tcgetpgrp(s) == -1 && errno == ENOTTY);
    assert(ioctl(s, TIOCSCTTY, 0) == 0 && tcgetpgrp(s) == getpid());
    assert(ioctl(t, TIOCSCTTY, 0) == -1 && errno == EPERM);
    signal(SIGHUP, note);
    signal(SIGCONT, SIG_IGN);
    assert(ioctl(s, TIOCNOTTY) == 0 && got == SIGHUP);
    assert(tcgetpgrp(s) == -1 && errno == ENOTTY);
    assert(ioctl(t, TIOCSCTTY, 0) == 0 && tcgetsid(t) == getpid());
    _exit(0);
  }
  assert(waitpid(child, &status, 0) == child && status == 0);
  close(a);
  close(b);
  puts("controlling: ok");
}

int main(void)
{
  both_ends();
  packets();
  sessions();
  controlling();
  return 0;
}
