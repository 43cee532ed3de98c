/* expect: not-glibc does not have posix_devctl
   expect: not-musl does not have it
   Requests to a pipe and to what is no device. */
#include <devctl.h>
#include <errno.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

int main(void) {
  int p[2], n = -1, info = -1;
  pipe(p);
  write(p[1], "seven b", 7);
  printf("%d", posix_devctl(p[0], FIONREAD, &n, sizeof n, &info));
  printf(" %d %d\n", n, info);
  printf("%d", posix_devctl(p[0], FIONREAD, &n, sizeof n, NULL));
  printf(" %d\n", n);
  errno = 77;
  printf("%d %d\n", posix_devctl(-1, FIONREAD, &n, sizeof n, NULL) == EBADF, errno);
  printf("%d\n", posix_devctl(p[0], TIOCGPTN, &n, 1, NULL) == EINVAL);
  printf("%d\n", posix_devctl(p[0], TIOCGPTN, &n, sizeof n, NULL) == ENOTTY);
  return 0;
}
