/* Calendar, zones from POSIX rules, strftime and strptime. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void show(const char *zone, time_t time) {
  char text[100];
  struct tm broken;
  setenv("TZ", zone, 1);
  tzset();
  localtime_r(&time, &broken);
  strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %z %Z %j %a %V", &broken);
  printf("%s: %s\n", zone, text);
  if (mktime(&broken) != time) {
    printf("mktime does not return to %ld\n", (long)time);
    exit(1);
  }
}

int main(void) {
  static const char *zones[] = {"UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,M3.2.0,M11.1.0", "<+0530>-5:30",
                                "NZST-12NZDT,M9.5.0,M4.1.0/3"};
  static const time_t times[] = {0, 951782400, 1711846799, 1711846800, 1730000000, 4102444800};
  for (int z = 0; z < 5; z++)
    for (int t = 0; t < 6; t++) show(zones[z], times[t]);
  setenv("TZ", "UTC0", 1);
  struct tm broken = {.tm_year = 124, .tm_mon = 13, .tm_mday = -5, .tm_hour = 30};
  time_t made = timegm(&broken);
  printf("%ld %s", (long)made, asctime(&broken));
  memset(&broken, 0, sizeof broken);
  char *end = strptime("2024-02-29 11:59:58 PM rest", "%Y-%m-%d %I:%M:%S %p", &broken);
  printf("%s|%d %d %d %d\n", end, broken.tm_mon, broken.tm_mday, broken.tm_hour, broken.tm_sec);
  printf("%d\n", strptime("31", "%Y-%m", &broken) == 0);
  struct timespec now, later, pause = {0, 2000000};
  clock_gettime(CLOCK_MONOTONIC, &now);
  nanosleep(&pause, 0);
  clock_gettime(CLOCK_MONOTONIC, &later);
  long passed = (later.tv_sec - now.tv_sec) * 1000000000L + later.tv_nsec - now.tv_nsec;
  printf("%d %.1f\n", passed >= 2000000, difftime(10, 7));
  return 0;
}
