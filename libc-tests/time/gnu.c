/* expect: not-musl it has none of these */
/* The calendar's GNU and BSD functions. */
#define _GNU_SOURCE
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0;
  struct tm t = {0}, zero = {0};
  CHECK(dysize(1900) == 365 && dysize(2000) == 366 && dysize(2023) == 365 && dysize(2024) == 366);
  setenv("TZ", "XYZ-2", 1);
  tzset();
  t = (struct tm){.tm_year = 70, .tm_mday = 2, .tm_hour = 2};
  CHECK(timelocal(&t) == 86400 && t.tm_wday == 5 && t.tm_yday == 1);
  locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  t = zero;
  char *end = strptime_l("Mon 05 Aug 2019 x", "%a %d %b %Y", &t, c);
  CHECK(end && !strcmp(end, " x") && t.tm_year == 119 && t.tm_mon == 7 && t.tm_mday == 5 && t.tm_wday == 1 && t.tm_yday == 216);
  CHECK(strptime_l("Mun", "%a", &t, c) == NULL);
  struct timespec resolution = {-1, -1}, other;
  CHECK(timespec_getres(&resolution, TIME_UTC) == TIME_UTC && clock_getres(CLOCK_REALTIME, &other) == 0 && resolution.tv_sec == other.tv_sec && resolution.tv_nsec == other.tv_nsec);
  CHECK(timespec_getres(NULL, TIME_UTC) == TIME_UTC && timespec_getres(&resolution, 99) == 0 && timespec_getres(NULL, 0) == 0);
  freelocale(c);
  return failed;
}
