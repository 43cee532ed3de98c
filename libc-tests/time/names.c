/* Zones' names, broken-down times as text, and the clocks' and timers' smaller relatives. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static volatile int alarms;
static void count(int number) { alarms++; }

int main(void) {
  int failed = 0;
  char text[26];
  struct tm t = {.tm_year = 100, .tm_mon = 1, .tm_mday = 29, .tm_hour = 12, .tm_wday = 2, .tm_yday = 59};
  CHECK(asctime_r(&t, text) == text && !strcmp(text, "Tue Feb 29 12:00:00 2000\n"));
  setenv("TZ", "NST3:30NDT,M3.2.0,M11.1.0", 1);
  tzset();
  CHECK(!strcmp(tzname[0], "NST") && !strcmp(tzname[1], "NDT") && daylight != 0 && timezone == 12600);
  setenv("TZ", "XYZ-2", 1);
  tzset();
  CHECK(!strcmp(tzname[0], "XYZ") && daylight == 0 && timezone == -7200);
  /* However many zones there were, the names are those of the last. */
  char zone[40], standard[4], summer[4];
  time_t winter = 1705320000, august = 1722945600;
  for (int i = 0; i < 41; i++) {
    snprintf(standard, 4, "S%c%c", 'A' + i / 26, 'A' + i % 26);
    snprintf(summer, 4, "D%c%c", 'A' + i / 26, 'A' + i % 26);
    snprintf(zone, sizeof zone, "%s5%s,M3.2.0,M11.1.0", standard, summer);
    setenv("TZ", zone, 1);
    tzset();
    CHECK(!strcmp(tzname[0], standard) && !strcmp(tzname[1], summer));
    struct tm then, later;
    localtime_r(&winter, &then);
    localtime_r(&august, &later);
    CHECK(!strcmp(then.tm_zone, standard) && !strcmp(later.tm_zone, summer));
  }
  /* A long name is no reason not to know the offset. */
  setenv("TZ", "ABCDEFGHIJKLMNOPQRST5<+UVWXYZABCDEFGHIJKL>4,M3.2.0,M11.1.0", 1);
  tzset();
  CHECK(!strncmp(tzname[0], "ABCDEF", 6) && !strncmp(tzname[1], "+UVWXY", 6) && timezone == 18000 && daylight != 0);
  CHECK(localtime_r(&august, &t)->tm_gmtoff == -14400);
  /* An alarm that comes, one that is taken back, and one that comes again and again. */
  sigset_t set;
  int number;
  sigemptyset(&set);
  sigaddset(&set, SIGALRM);
  signal(SIGALRM, count);
  sigprocmask(SIG_BLOCK, &set, NULL);
  CHECK(ualarm(1000, 0) == 0 && sigwait(&set, &number) == 0 && number == SIGALRM);
  CHECK(ualarm(1000, 2000) == 0);
  for (int i = 0; i < 3; i++) CHECK(sigwait(&set, &number) == 0 && number == SIGALRM);
  ualarm(0, 0);
  CHECK(ualarm(999000, 0) == 0);
  useconds_t left = ualarm(0, 0);
  CHECK(left > 0 && left <= 999000 && ualarm(0, 0) == 0);
  return failed;
}
