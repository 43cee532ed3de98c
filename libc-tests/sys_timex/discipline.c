/* expect: not-musl reads the time that is left by another call */
/* The clock's discipline as anybody may read it; a kernel without one says so. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0;
  struct timex state = {0};
  struct ntptimeval now;
  struct timeval much = {1 << 30, 0}, left = {-7, -7};
  int clock = adjtimex(&state), none = clock == -1;
  if (none) {
    CHECK(errno == ENOSYS);
    CHECK(ntp_gettime(&now) == -1 && errno == ENOSYS && ntp_gettimex(&now) == -1 && ntp_adjtime(&state) == -1);
    CHECK(clock_adjtime(CLOCK_REALTIME, &state) == -1 && errno == ENOSYS && adjtime(NULL, &left) == -1 && errno == ENOSYS);
  } else {
    CHECK(clock >= TIME_OK && clock <= TIME_ERROR && state.time.tv_sec > 1600000000 && state.tick >= 9000 && state.tick <= 11000);
    CHECK(ntp_gettime(&now) == clock && now.time.tv_sec >= state.time.tv_sec);
    CHECK(ntp_gettimex(&now) == clock && now.maxerror >= 0 && now.tai == state.tai);
    state.modes = 0;
    CHECK(ntp_adjtime(&state) == clock && clock_adjtime(CLOCK_REALTIME, &state) == clock);
    CHECK(clock_adjtime(12345, &state) == -1 && errno == EINVAL);
    CHECK(adjtime(NULL, &left) == 0 && left.tv_sec > -7);
  }
  errno = 0;
  CHECK(adjtime(&much, NULL) == -1 && errno == EINVAL);
  return failed;
}
