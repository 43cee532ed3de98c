/* The functions that Rust's libc crate asks for with the version that takes constants for speeds. */
/* expect: not-musl it has no versions */
/* expect: shared-glibc the static library has no versions */
#include <stdio.h>
#include <termios.h>

extern speed_t old_cfgetispeed(const struct termios *);
extern speed_t old_cfgetospeed(const struct termios *);
extern int old_cfsetispeed(struct termios *, speed_t);
extern int old_cfsetospeed(struct termios *, speed_t);
extern int old_cfsetspeed(struct termios *, speed_t);

__asm__(".symver old_cfgetispeed, cfgetispeed@GLIBC_2.2.5");
__asm__(".symver old_cfgetospeed, cfgetospeed@GLIBC_2.2.5");
__asm__(".symver old_cfsetispeed, cfsetispeed@GLIBC_2.2.5");
__asm__(".symver old_cfsetospeed, cfsetospeed@GLIBC_2.2.5");
__asm__(".symver old_cfsetspeed, cfsetspeed@GLIBC_2.2.5");

int main(void) {
  struct termios settings = {0};
  printf("%d", old_cfsetospeed(&settings, B9600));
  printf(" %d\n", old_cfgetospeed(&settings) == B9600 && cfgetospeed(&settings) == B9600);
  printf("%d", old_cfsetispeed(&settings, B9600));
  printf(" %d\n", old_cfgetispeed(&settings) == B9600);
  printf("%d", old_cfsetspeed(&settings, B115200));
  printf(" %d\n", old_cfgetispeed(&settings) == B115200 && old_cfgetospeed(&settings) == B115200);
  printf("%d\n", old_cfsetspeed(&settings, 077777777));
  return 0;
}
