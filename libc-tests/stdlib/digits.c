/* expect: not-musl has no forms with the caller's buffer or for long double */
/* The digits of numbers in the caller's buffer and of long doubles, and answers to questions. */
#define _GNU_SOURCE
#include <errno.h>
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0, point, negative;
  char room[64];
  static const double numbers[] = {0, 1, -1.5, 123.456, 1e10, 0.00123, 9.9996, 1e-5, 3.14159265358979};
  for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    CHECK(ecvt_r(numbers[i], 5, &point, &negative, room, sizeof room) == 0);
    printf("%s %d %d ", room, point, negative);
    CHECK(fcvt_r(numbers[i], 3, &point, &negative, room, sizeof room) == 0);
    printf("%s %d ", room, point);
    char *digits = qecvt(numbers[i], 6, &point, &negative);
    printf("%s %d %d ", digits, point, negative);
    digits = qfcvt(numbers[i], 2, &point, &negative);
    printf("%s %d\n", digits, point);
  }
  CHECK(qecvt_r(0.1L, 19, &point, &negative, room, sizeof room) == 0);
  printf("%s %d\n", room, point);
  CHECK(qfcvt_r(12345678901234567.25L, 2, &point, &negative, room, sizeof room) == 0);
  printf("%s %d\n", room, point);
  printf("%s\n", qgcvt(1.0L / 3, 19, room));
  printf("%s\n", qgcvt(-1e4000L, 5, room));
  CHECK(ecvt_r(1.5, 5, &point, &negative, room, 3) == -1);
  CHECK(fcvt_r(1.5, 5, &point, &negative, room, 3) == -1 && qfcvt_r(1.5, 5, &point, &negative, room, 3) == -1);
  errno = 0;
  CHECK(ecvt_r(1.5, 5, &point, &negative, NULL, 3) == -1 && errno == EINVAL);
  CHECK(rpmatch("yes") == 1 && rpmatch("Y") == 1 && rpmatch("no") == 0 && rpmatch("N") == 0 && rpmatch("") == -1 && rpmatch("maybe") == -1);
  CHECK(glob_pattern_p("a*", 0) == 1 && glob_pattern_p("a?b", 1) == 1 && glob_pattern_p("[ab]", 1) == 1 && glob_pattern_p("[ab", 1) == 0);
  CHECK(glob_pattern_p("plain]", 1) == 0 && glob_pattern_p("a\\*", 1) == 0 && glob_pattern_p("a\\*", 0) == 1);
  return failed;
}
