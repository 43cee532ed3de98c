/* Pseudo-terminals by openpty, forkpty and login_tty; getpass without a terminal. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static int failed;

int main(void) {
  int master, slave, status = -1;
  char name[64] = "", text[64] = "";
  struct winsize size = {30, 90, 0, 0}, got;
  struct termios plain;
  CHECK(openpty(&master, &slave, name, NULL, &size) == 0 && isatty(master) && isatty(slave) && !strncmp(name, "/dev/pts/", 9));
  CHECK(!strcmp(name, ptsname(master)) && ioctl(slave, TIOCGWINSZ, &got) == 0 && got.ws_row == 30 && got.ws_col == 90);
  CHECK(tcgetattr(slave, &plain) == 0);
  cfmakeraw(&plain);
  CHECK(write(slave, "a\n", 2) == 2 && read(master, text, sizeof text) == 3 && !strncmp(text, "a\r\n", 3));
  close(master);
  close(slave);
  CHECK(openpty(&master, &slave, NULL, &plain, NULL) == 0);
  CHECK(write(slave, "a\n", 2) == 2 && read(master, text, sizeof text) == 2 && !strncmp(text, "a\n", 2));
  /* The child makes it its session's terminal. */
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    close(master);
    if (login_tty(slave) != 0 || getsid(0) != getpid() || !isatty(0) || !isatty(1) || !isatty(2)) _exit(3);
    _exit(tcgetpgrp(0) == getpid() && write(1, "in", 2) == 2 ? 0 : 4);
  }
  CHECK(read(master, text, 2) == 2 && !strncmp(text, "in", 2));
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  close(master);
  close(slave);
  child = forkpty(&master, name, &plain, &size);
  CHECK(child >= 0);
  if (child == 0) {
    struct winsize mine;
    if (getsid(0) != getpid() || tcgetpgrp(0) != getpid() || strcmp(ttyname(0), name)) _exit(5);
    if (ioctl(0, TIOCGWINSZ, &mine) || mine.ws_col != 90) _exit(6);
    write(1, "hello", 5);
    _exit(read(0, text, 3) == 3 && !memcmp(text, "bye", 3) ? 7 : 8);
  }
  size_t n = 0;
  while (n < 5) {
    ssize_t r = read(master, text + n, 5 - n);
    if (r <= 0) break;
    n += r;
  }
  CHECK(n == 5 && !strncmp(text, "hello", 5) && write(master, "bye", 3) == 3);
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 7);
  close(master);
  /* A password is typed at the session's terminal, which shows the question and no letter of it. */
  child = forkpty(&master, NULL, NULL, NULL);
  if (child == 0) {
    char *word = getpass("Word? ");
    _exit(word && !strcmp(word, "secret") ? 0 : 9);
  }
  for (n = 0; n < 6;) {
    ssize_t r = read(master, text + n, 6 - n);
    if (r <= 0) break;
    n += r;
  }
  CHECK(n == 6 && !strncmp(text, "Word? ", 6) && write(master, "secret\n", 7) == 7);
  n = 0;
  for (ssize_t r; n < sizeof text - 1 && (r = read(master, text + n, sizeof text - 1 - n)) > 0;) n += r;
  text[n] = 0;
  CHECK(!strstr(text, "secret") && waitpid(child, &status, 0) == child && status == 0);
  return failed;
}
