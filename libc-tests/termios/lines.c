/* Terminal control on a pseudo-terminal, and the refusals where there is none. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
#define FAILS(E, C) (errno = 0, CHECK((C) == -1 && errno == E))

int main(void) {
  int failed = 0;
  int master = posix_openpt(O_RDWR | O_NOCTTY);
  CHECK(master >= 0 && !grantpt(master) && !unlockpt(master));
  char name[64], *by_name = ptsname(master);
  CHECK(by_name && !strncmp(by_name, "/dev/pts/", 9) && !ptsname_r(master, name, sizeof name) && !strcmp(name, by_name) && ptsname_r(master, (char[3]){0}, 3) == ERANGE);
  int slave = open(name, O_RDWR | O_NOCTTY);
  CHECK(slave >= 0 && isatty(slave) && !strcmp(ttyname(slave), name));
  char again[64];
  CHECK(ttyname_r(slave, again, sizeof again) == 0 && !strcmp(again, name) && ttyname_r(slave, (char[3]){0}, 3) == ERANGE);
  struct termios t;
  CHECK(!tcgetattr(slave, &t) && (t.c_lflag & ICANON));
  cfmakeraw(&t);
  CHECK(!tcsetattr(slave, TCSANOW, &t) && !tcgetattr(slave, &t) && !(t.c_lflag & (ICANON | ECHO)));
  CHECK(!cfsetospeed(&t, B9600) && cfgetospeed(&t) == B9600 && !cfsetispeed(&t, B9600) && cfgetispeed(&t) == B9600);
  FAILS(EINVAL, cfsetospeed(&t, 12345));
  FAILS(EINVAL, tcsetattr(slave, 77, &t));
  CHECK(write(slave, "x", 1) == 1 && read(master, again, 1) == 1);
  CHECK(!tcdrain(slave) && !tcsendbreak(slave, 0) && !tcflow(slave, TCOOFF) && !tcflow(slave, TCOON) && !tcflush(slave, TCIOFLUSH));
  FAILS(EINVAL, tcflow(slave, 77));
  FAILS(EINVAL, tcflush(slave, 77));
  struct winsize w = {30, 100, 0, 0};
  CHECK(!ioctl(slave, TIOCSWINSZ, &w) && (w.ws_row = 0, !ioctl(master, TIOCGWINSZ, &w)) && w.ws_row == 30 && w.ws_col == 100);
  int plain = open("file", O_RDWR | O_CREAT, 0600);
  FAILS(ENOTTY, tcdrain(plain));
  FAILS(ENOTTY, tcflow(plain, TCOON));
  FAILS(ENOTTY, tcsendbreak(plain, 0));
  FAILS(ENOTTY, tcgetattr(plain, &t));
  FAILS(EBADF, tcdrain(-1));
  CHECK(ttyname(plain) == NULL && ttyname_r(plain, again, 64) == ENOTTY && !isatty(plain) && ptsname(plain) == NULL);
  close(slave), close(master);
  return failed;
}
