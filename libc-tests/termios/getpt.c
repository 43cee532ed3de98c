/* expect: not-musl does not have it */
/* getpt is the master side, not yet unlocked. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0, master = getpt();
  CHECK(master >= 0 && isatty(master) && (fcntl(master, F_GETFL) & O_ACCMODE) == O_RDWR);
  char *name = ptsname(master);
  CHECK(name && !strncmp(name, "/dev/pts/", 9));
  CHECK(grantpt(master) == 0 && unlockpt(master) == 0);
  int slave = open(name, O_RDWR | O_NOCTTY);
  CHECK(slave >= 0 && write(slave, "x", 1) == 1);
  char c = 0;
  CHECK(read(master, &c, 1) == 1 && c == 'x');
  return failed;
}
