/* getrandom fills what it is given, and refuses unknown flags. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
#define FAILS(E, C) (errno = 0, CHECK((C) == -1 && errno == E))

int main(void) {
  int failed = 0;
  unsigned char a[1000] = {0}, b[1000] = {0};
  CHECK(getrandom(a, sizeof a, 0) == 1000 && getrandom(b, sizeof b, GRND_NONBLOCK) == 1000 && memcmp(a, b, 1000));
  int used = 0;
  for (int i = 0; i < 1000; i += 100) used += memcmp(a + i, "\0\0\0\0\0\0\0", 8) != 0;
  CHECK(used == 10 && getrandom(a, 0, 0) == 0);
  FAILS(EINVAL, getrandom(a, 1, 1 << 10));
  return failed;
}
