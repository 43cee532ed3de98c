/* expect: not-glibc has these functions from 2.42 on
   expect: not-musl has them from 1.2.6 on
   The size of a terminal by the functions of POSIX.1-2024. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

int main(void) {
  int master = posix_openpt(O_RDWR | O_NOCTTY);
  grantpt(master), unlockpt(master);
  int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
  struct winsize w = {.ws_row = 25, .ws_col = 80}, got = {0};
  printf("%d\n", tcsetwinsize(slave, &w));
  printf("%d", tcgetwinsize(master, &got));
  printf(" %d %d\n", got.ws_row, got.ws_col);
  int plain = open("file", O_RDWR | O_CREAT, 0600);
  printf("%d", tcgetwinsize(plain, &got));
  printf(" %d\n", errno == ENOTTY);
  printf("%d", tcsetwinsize(-1, &got));
  printf(" %d\n", errno == EBADF);
  return 0;
}
