// Checks that the clocks are real: the date is plausible, time passes, sleeping sleeps.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static long long now(clockid_t clock) {
    struct timespec time;
    if (clock_gettime(clock, &time) != 0) {
        perror("clock_gettime");
        exit(EXIT_FAILURE);
    }
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void check(int ok, const char *what) {
    printf("%s: %s\n", what, ok ? "yes" : "no");
}

int main(void) {
    struct timespec resolution;
    check(now(CLOCK_REALTIME) / 1000000000 > 1700000000, "the date is after 2023");
    check(time(NULL) - now(CLOCK_REALTIME) / 1000000000 <= 0, "time() agrees");
    check(clock_getres(CLOCK_MONOTONIC, &resolution) == 0 && resolution.tv_sec == 0 && resolution.tv_nsec > 0,
          "the resolution is below a second");

    long long last = now(CLOCK_MONOTONIC);
    int backwards = 0;
    for (int i = 0; i < 1000; i++) {
        long long next = now(CLOCK_MONOTONIC);
        backwards += next < last;
        last = next;
    }
    check(backwards == 0, "time never goes backwards");

    struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};
    long long before = now(CLOCK_MONOTONIC);
    check(nanosleep(&pause, NULL) == 0, "nanosleep returns");
    long long slept = now(CLOCK_MONOTONIC) - before;
    check(slept >= 20 * 1000 * 1000, "it slept for as long as asked");
    check(slept < 10LL * 1000 * 1000 * 1000, "and not for ever");
    struct tm *date = gmtime(&(time_t){1000000000});
    printf("%04d-%02d-%02d\n", date->tm_year + 1900, date->tm_mon + 1, date->tm_mday);
    return EXIT_SUCCESS;
}
