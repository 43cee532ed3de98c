/* Pseudo-terminals: the requests of ioctl_tty(2) on both ends and on what is no terminal, packets, modes, hang-up. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static int master, slave;
static char buffer[8192];

static const char *name(long result)
{
  static char texts[4][24];
  static int turn;
  char *text = texts[turn++ & 3];
  if (result != -1) {
    sprintf(text, "%ld", result);
    return text;
  }
  switch (errno) {
#define E(x) case x: return #x
    E(EBADF); E(EINVAL); E(EIO); E(EFAULT); E(EAGAIN); E(EPERM); E(ENOTTY); E(ENXIO); E(EBUSY); E(EOPNOTSUPP); E(ESRCH); E(EINTR);
  }
  sprintf(text, "error %d", errno);
  return text;
}
#define SAY(WHAT, RESULT) printf("%s: %s\n", WHAT, name(RESULT))

static void start(void)
{
  master = posix_openpt(O_RDWR | O_NOCTTY);
  if (master < 0 || grantpt(master) || unlockpt(master) || (slave = open(ptsname(master), O_RDWR | O_NOCTTY)) < 0)
    exit(2);
}

static void finish(void)
{
  close(slave);
  close(master);
}

/* `struct termios2` of the kernel. */
struct modes2 { unsigned c_iflag, c_oflag, c_cflag, c_lflag; unsigned char c_line, c_cc[19]; unsigned c_ispeed, c_ospeed; };
#define GETS2 _IOR('T', 0x2a, struct modes2)
#define SETS2 _IOW('T', 0x2b, struct modes2)
#define GEXCL _IOR('T', 0x40, int)
#define VHANGUP 0x5437

static void requests(void)
{
  int p[2], value = 0;
  struct winsize size = {0};
  struct termios modes;
  struct modes2 modes2;
  start();
  pipe(p);
  int null = open("/dev/null", O_RDWR), ends[] = {master, slave, p[0], null};
  static const char *names[] = {"master", "slave", "pipe", "null"};
  for (int i = 0; i < 4; i++) {
    int fd = ends[i];
    printf("-- %s\n", names[i]);
    SAY("isatty", isatty(fd) ? 1 : -1);
    SAY("TCGETS", tcgetattr(fd, &modes));
    SAY("TCGETS2", ioctl(fd, GETS2, &modes2));
    SAY("TIOCGWINSZ", ioctl(fd, TIOCGWINSZ, &size));
    SAY("TIOCGWINSZ, bad", ioctl(fd, TIOCGWINSZ, (void *)1));
    SAY("TIOCGPGRP", ioctl(fd, TIOCGPGRP, &value));
    SAY("TIOCGSID", ioctl(fd, TIOCGSID, &value));
    SAY("TIOCNOTTY", ioctl(fd, TIOCNOTTY));
    SAY("TIOCSPGRP", ioctl(fd, TIOCSPGRP, &(int){1}));
    SAY("TIOCINQ", ioctl(fd, FIONREAD, &value));
    SAY("TIOCOUTQ", ioctl(fd, TIOCOUTQ, &value));
    SAY("TCSBRK", ioctl(fd, TCSBRK, 1));
    SAY("TCFLSH 9", ioctl(fd, TCFLSH, 9));
    SAY("TCFLSH", ioctl(fd, TCFLSH, TCIOFLUSH));
    SAY("TCXONC 9", ioctl(fd, TCXONC, 9));
    SAY("TIOCEXCL", ioctl(fd, TIOCEXCL));
    SAY("TIOCGEXCL", ioctl(fd, GEXCL, &value));
    SAY("TIOCNXCL", ioctl(fd, TIOCNXCL));
    SAY("TIOCGETD", ioctl(fd, TIOCGETD, &value));
    SAY("TIOCSETD 99", ioctl(fd, TIOCSETD, &(int){99}));
    SAY("TIOCSETD 0", ioctl(fd, TIOCSETD, &(int){0}));
    SAY("TIOCMGET", ioctl(fd, TIOCMGET, &value));
    SAY("TIOCGSOFTCAR", ioctl(fd, TIOCGSOFTCAR, &value));
    SAY("TIOCPKT, bad", ioctl(fd, TIOCPKT, (void *)1));
    SAY("TIOCGPTN", ioctl(fd, TIOCGPTN, &value));
    SAY("TIOCCONS, unknown", ioctl(fd, 0x54ff, 0));
    SAY("seek", lseek(fd, 0, SEEK_SET) < 0 ? -1 + 0 * (errno = errno == ESPIPE ? EINVAL : errno) : 0);
  }
  finish();
}

static void modes(void)
{
  struct termios modes, back;
  struct modes2 modes2 = {0};
  printf("-- modes\n");
  start();
  tcgetattr(slave, &modes);
  printf("%x %x %x %x\n", modes.c_iflag, modes.c_oflag, modes.c_cflag & ~CBAUD, modes.c_lflag);
  for (int i = 0; i < 17; i++)
    printf("%d%c", modes.c_cc[i], i < 16 ? ' ' : '\n');
  printf("speeds: %d\n", cfgetispeed(&modes) == B38400 && cfgetospeed(&modes) == B38400);
  /* All flags, and those that a pseudo-terminal keeps as they are. */
  modes.c_iflag = modes.c_oflag = modes.c_lflag = -1;
  modes.c_lflag &= ~TOSTOP;
  modes.c_cflag = CS5 | PARENB | CLOCAL | B9600;
  SAY("all flags", tcsetattr(slave, TCSANOW, &modes));
  tcgetattr(slave, &back);
  printf("cflag %x\n", back.c_cflag);
  tcgetattr(master, &back);
  printf("by the master: lflag %x\n", back.c_lflag & 0xffff);
  finish();
  start();
  SAY("TCGETS2", ioctl(slave, GETS2, &modes2));
  printf("speeds %u %u\n", modes2.c_ispeed, modes2.c_ospeed);
  modes2.c_lflag &= ~ECHO;
  SAY("TCSETS2", ioctl(slave, SETS2, &modes2));
  tcgetattr(slave, &back);
  printf("echo %d\n", (back.c_lflag & ECHO) != 0);
  SAY("drain", tcdrain(slave));
  SAY("break", tcsendbreak(slave, 0));
  finish();
}

/* Who has it to himself. */
static void exclusive(void)
{
  printf("-- exclusive\n");
  start();
  int value = -1;
  ioctl(slave, TIOCEXCL);
  printf("%d", ioctl(slave, GEXCL, &value));
  printf(" %d\n", value);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    /* Only the privileged open it then. */
    if (getuid() == 0 && (setgid(65534) || setuid(65534)))
      _exit(3);
    /* A terminal of another user's answers so before that. */
    int fd = open(ptsname(master), O_RDWR | O_NOCTTY);
    _exit(fd >= 0 ? 0 : errno == EBUSY || errno == EACCES ? 1 : 2);
  }
  int status;
  waitpid(child, &status, 0);
  printf("child %d\n", WEXITSTATUS(status));
  ioctl(slave, TIOCNXCL);
  ioctl(slave, GEXCL, &value);
  printf("%d\n", value);
  finish();
}

static void packets(void)
{
  printf("-- packets\n");
  start();
  fcntl(master, F_SETFL, O_NONBLOCK);
  int on = 1, value = -1;
  SAY("TIOCPKT", ioctl(master, TIOCPKT, &on));
  ioctl(master, TIOCGPKT, &value);
  printf("TIOCGPKT %d\n", value);
  SAY("nothing", read(master, buffer, 100));
  write(slave, "ab", 2);
  long got = read(master, buffer, 100);
  printf("%ld: %d %c%c\n", got, buffer[0], buffer[1], buffer[2]);
  tcflush(slave, TCIFLUSH);
  struct pollfd polled = {master, POLLIN | POLLPRI, 0};
  poll(&polled, 1, 0);
  got = read(master, buffer, 100);
  printf("flush: poll %x, %ld: %d\n", polled.revents, got, buffer[0]);
  tcflow(slave, TCOOFF);
  got = read(master, buffer, 100);
  printf("stop: %s %d\n", name(got), buffer[0]);
  tcflow(slave, TCOON);
  got = read(master, buffer, 100);
  printf("start: %s %d\n", name(got), buffer[0]);
  struct termios modes;
  tcgetattr(slave, &modes);
  modes.c_iflag &= ~IXON;
  tcsetattr(slave, TCSANOW, &modes);
  got = read(master, buffer, 100);
  printf("no stop: %s %d\n", name(got), buffer[0]);
  finish();
}

static void wait_for(int fd)
{
  struct pollfd polled = {fd, POLLIN, 0};
  poll(&polled, 1, 2000);
}

static void typed(const char *what, size_t length)
{
  write(master, what, length);
  wait_for(slave);
  long got = read(slave, buffer, 100);
  printf("read %s:", name(got));
  for (long i = 0; i < got; i++)
    printf(" %02x", (unsigned char)buffer[i]);
  /* The reader may be quicker than the echo; what is written comes after it. */
  write(slave, ".", 1);
  size_t echoed = 0;
  while (echoed < sizeof buffer && (echoed == 0 || buffer[echoed - 1] != '.')) {
    wait_for(master);
    got = read(master, buffer + echoed, sizeof buffer - echoed);
    if (got <= 0)
      break;
    echoed += got;
  }
  printf(", echo %zu:", echoed);
  for (size_t i = 0; i < echoed; i++)
    printf(" %02x", (unsigned char)buffer[i]);
  printf("\n");
}

static void lines(void)
{
  printf("-- lines\n");
  start();
  fcntl(slave, F_SETFL, O_NONBLOCK);
  fcntl(master, F_SETFL, O_NONBLOCK);
  typed("abc\n", 4);
  typed("ab\177c\r", 5);
  typed("ab cd\027e\n", 8);
  typed("abc\025d\n", 6);
  typed("a\026\003b\n", 5);
  typed("abc\022d\n", 6);
  typed("\004", 1);
  typed("x\004", 2);
  typed("t\tu\n", 4);
  typed("\001\n", 2);
  struct termios modes;
  tcgetattr(slave, &modes);
  modes.c_iflag |= IUCLC | INLCR | ISTRIP | IUTF8;
  modes.c_lflag |= ECHONL | IEXTEN;
  modes.c_oflag |= OLCUC;
  tcsetattr(slave, TCSANOW, &modes);
  typed("AbC\r", 4);
  tcgetattr(slave, &modes);
  cfmakeraw(&modes);
  tcsetattr(slave, TCSANOW, &modes);
  write(master, "q\r\n\003", 4);
  wait_for(slave);
  printf("raw: %ld\n", (long)read(slave, buffer, 100));
  modes.c_cc[VMIN] = 0;
  modes.c_cc[VTIME] = 1;
  fcntl(slave, F_SETFL, 0);
  tcsetattr(slave, TCSANOW, &modes);
  printf("timed out: %s\n", name(read(slave, buffer, 100)));
  finish();
}

/* Characters as if typed: the privileged may, others are told EIO. */
static void simulate(void)
{
  printf("-- simulate\n");
  start();
  fcntl(slave, F_SETFL, O_NONBLOCK);
  int done = ioctl(slave, TIOCSTI, "z") == 0 && ioctl(slave, TIOCSTI, "\n") == 0;
  long got = read(slave, buffer, 100);
  printf("%s\n", done ? got == 2 && buffer[0] == 'z' ? "right" : "wrong" : errno == EAGAIN && geteuid() ? "right" : "wrong");
  finish();
}

static void hung_up(void)
{
  printf("-- hung up\n");
  start();
  struct termios modes;
  struct winsize size;
  int value;
  close(master);
  struct pollfd polled = {slave, POLLIN | POLLOUT, 0};
  poll(&polled, 1, 0);
  printf("poll %x\n", polled.revents);
  SAY("read", read(slave, buffer, 1));
  SAY("write", write(slave, "x", 1));
  SAY("TCGETS", tcgetattr(slave, &modes));
  SAY("TIOCGWINSZ", ioctl(slave, TIOCGWINSZ, &size));
  SAY("TIOCGPGRP", ioctl(slave, TIOCGPGRP, &value));
  SAY("FIONREAD", ioctl(slave, FIONREAD, &value));
  close(slave);
  start();
  write(slave, "rest", 4);
  close(slave);
  poll(&(struct pollfd){0}, 0, 0);
  polled = (struct pollfd){master, POLLIN | POLLOUT, 0};
  poll(&polled, 1, 0);
  printf("master: poll %x\n", polled.revents);
  SAY("read", read(master, buffer, 100));
  SAY("read", read(master, buffer, 100));
  SAY("write", write(master, "x", 1));
  close(master);
}

/* The terminal of a session: taken, given up, hung up. */
static void session(void)
{
  printf("-- session\n");
  fflush(stdout);
  start();
  pid_t child = fork();
  if (child == 0) {
    int value = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    setsid();
    SAY("TIOCGPGRP", ioctl(slave, TIOCGPGRP, &value));
    SAY("TIOCSCTTY of a master", ioctl(master, TIOCSCTTY, 0));
    SAY("TIOCSCTTY", ioctl(slave, TIOCSCTTY, 0));
    SAY("TIOCSCTTY again", ioctl(slave, TIOCSCTTY, 0));
    SAY("TIOCGPGRP", ioctl(slave, TIOCGPGRP, &value));
    printf("mine %d\n", value == getpid());
    SAY("TIOCGSID by the master", ioctl(master, TIOCGSID, &value));
    printf("mine %d\n", value == getpid());
    SAY("TIOCSPGRP -1", ioctl(slave, TIOCSPGRP, &(int){-1}));
    SAY("TIOCSPGRP 0", ioctl(slave, TIOCSPGRP, &(int){0}));
    SAY("TIOCSPGRP of another session", ioctl(slave, TIOCSPGRP, &(int){getppid()}));
    int terminal = open("/dev/tty", O_RDWR);
    printf("/dev/tty %d\n", terminal >= 0);
    signal(SIGHUP, SIG_IGN);
    SAY("TIOCNOTTY", ioctl(terminal, TIOCNOTTY));
    SAY("/dev/tty", open("/dev/tty", O_RDWR));
    SAY("TIOCGPGRP", ioctl(slave, TIOCGPGRP, &value));
    SAY("another's line", ioctl(slave, TIOCSCTTY, 0));
    _exit(0);
  }
  int status;
  waitpid(child, &status, 0);
  printf("ended with %x\n", status);
  finish();
}

/* What a background process wants of its terminal stops it, unless it does not listen (POSIX, 11.1.4). */
static int wanted(int what)
{
  struct termios modes;
  switch (what) {
  case 0: return tcflush(slave, TCIFLUSH);
  case 1: return tcdrain(slave);
  case 2: return tcsendbreak(slave, 0);
  case 3: return tcflow(slave, TCOON);
  case 4: return tcgetattr(slave, &modes) ? -1 : tcsetattr(slave, TCSANOW, &modes);
  case 5: return tcsetpgrp(slave, getpgrp());
  default: return tcgetattr(slave, &modes);
  }
}

static void background(void)
{
  start();
  pid_t child = fork();
  if (child == 0) {
    setsid();
    ioctl(slave, TIOCSCTTY, 0);
    for (int ignored = 0; ignored < 2; ignored++)
      for (int what = 0; what < 7; what++) {
        pid_t member = fork();
        int status;
        if (member == 0) {
          setpgid(0, 0);
          signal(SIGTTOU, ignored ? SIG_IGN : SIG_DFL);
          _exit(wanted(what) == 0 ? 50 : errno);
        }
        waitpid(member, &status, WUNTRACED);
        printf("background, %d, %d: ", ignored, what);
        if (WIFSTOPPED(status)) {
          printf("stopped by %d\n", WSTOPSIG(status));
          kill(member, SIGKILL);
          waitpid(member, &status, 0);
        } else {
          printf("status %d\n", WEXITSTATUS(status));
        }
        tcsetpgrp(slave, getpgrp());
      }
    /* A member that lets the terminal go has none; the others keep it. */
    pid_t member = fork();
    if (member == 0) {
      SAY("a member's TIOCNOTTY", ioctl(slave, TIOCNOTTY));
      SAY("its /dev/tty", open("/dev/tty", O_RDWR));
      SAY("its group", tcgetpgrp(slave));
      SAY("again", ioctl(slave, TIOCNOTTY));
      pid_t own = fork();
      if (own == 0) {
        SAY("its child's /dev/tty", open("/dev/tty", O_RDWR));
        _exit(0);
      }
      waitpid(own, NULL, 0);
      _exit(0);
    }
    waitpid(member, NULL, 0);
    printf("the leader has it: %d\n", tcgetpgrp(slave) == getpgrp());
    _exit(0);
  }
  int status;
  waitpid(child, &status, 0);
  printf("the session ended with %x\n", status);
  finish();
}

/* The packet that tells of flow control tells whether ^S and ^Q work. */
static void flow_packets(void)
{
  int on = 1;
  struct termios modes;
  start();
  fcntl(master, F_SETFL, O_NONBLOCK);
  tcgetattr(slave, &modes);
  ioctl(master, TIOCPKT, &on);
  for (int step = 0; step < 5; step++) {
    modes.c_cc[VSTOP] = step == 0 ? 1 : 023;
    modes.c_cc[VSTART] = step == 2 ? 2 : 021;
    modes.c_iflag = step == 4 ? modes.c_iflag & ~IXON : modes.c_iflag | IXON;
    tcsetattr(slave, TCSANOW, &modes);
    ssize_t got = read(master, buffer, sizeof buffer);
    printf("flow %d: %d, %#x\n", step, (int)got, got > 0 ? buffer[0] : 0);
  }
  finish();
}

int main(void)
{
  setvbuf(stdout, NULL, _IOLBF, 0);
  signal(SIGTTOU, SIG_IGN);
  /* The leader of a group, if not of a session: the group is there to be asked for. */
  setpgid(0, 0);
  requests();
  modes();
  exclusive();
  packets();
  lines();
  simulate();
  hung_up();
  session();
  background();
  flow_packets();
  return 0;
}
