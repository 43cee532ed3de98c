/* Clocks, timers of a process, and broken-down time by its static and reentrant functions. */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static int failed;
static volatile sig_atomic_t ticks, value;

static void tick(int n, siginfo_t *info, void *context) {
  ticks++;
  if (info->si_code == SI_TIMER) value = info->si_value.sival_int;
}

static void calendar(void) {
  time_t t = 951782400; /* 29 February 2000 */
  struct tm tm, *p;
  char b[64];
  setenv("TZ", "EST5EDT,M3.2.0,M11.1.0", 1);
  tzset();
  CHECK((p = gmtime(&t)) && p->tm_mon == 1 && p->tm_mday == 29 && p->tm_year == 100 && p->tm_hour == 0 && p->tm_wday == 2 && p->tm_yday == 59 && p->tm_isdst == 0);
  CHECK((p = localtime(&t)) && p->tm_mday == 28 && p->tm_hour == 19 && p->tm_isdst == 0);
  time_t summer = 962409600;
  CHECK((p = localtime(&summer)) && p->tm_hour == 20 && p->tm_isdst == 1);
  CHECK(!strcmp(ctime(&t), "Mon Feb 28 19:00:00 2000\n") && ctime_r(&summer, b) == b && !strcmp(b, "Fri Jun 30 20:00:00 2000\n"));
  CHECK(!strcmp(asctime(gmtime_r(&t, &tm)), "Tue Feb 29 00:00:00 2000\n"));
  locale_t l = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  CHECK(strftime_l(b, sizeof b, "%a %d %b %Y %j %U %p %%", &tm, l) == 27 && !strcmp(b, "Tue 29 Feb 2000 060 09 AM %"));
  CHECK(strftime_l(b, 4, "%Y", &tm, l) == 0 && strftime_l(b, 5, "%Y", &tm, l) == 4);
  freelocale(l);
  time_t huge = (time_t)1 << 62;
  errno = 0;
  CHECK(gmtime(&huge) == NULL && errno == EOVERFLOW);
}

static void clocks(void) {
  struct timespec r, n;
  CHECK(clock_getres(CLOCK_REALTIME, &r) == 0 && r.tv_sec == 0 && r.tv_nsec > 0 && r.tv_nsec <= 20000000 && clock_getres(CLOCK_MONOTONIC, NULL) == 0);
  errno = 0;
  CHECK(clock_getres(999, &r) == -1 && errno == EINVAL);
  errno = 0;
  CHECK(clock_settime(CLOCK_MONOTONIC, &(struct timespec){1, 0}) == -1 && errno == EINVAL);
  errno = 0;
  CHECK(clock_settime(CLOCK_REALTIME, &(struct timespec){1, 1000000000}) == -1 && errno == EINVAL);
  CHECK(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &n) == 0 && clock_gettime(CLOCK_THREAD_CPUTIME_ID, &n) == 0);
}

static void timers(void) {
  struct sigaction action = {.sa_sigaction = tick, .sa_flags = SA_SIGINFO};
  sigaction(SIGUSR1, &action, NULL);
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 42};
  timer_t timer;
  struct itimerspec when = {{0, 2000000}, {0, 1000000}}, left;
  CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
  CHECK(timer_gettime(timer, &left) == 0 && left.it_value.tv_sec == 0 && left.it_value.tv_nsec == 0);
  CHECK(timer_settime(timer, 0, &when, &left) == 0);
  for (int i = 0; ticks < 3 && i < 1000; i++) usleep(1000);
  CHECK(ticks >= 3 && value == 42);
  CHECK(timer_gettime(timer, &left) == 0 && left.it_interval.tv_nsec == 2000000 && left.it_value.tv_nsec <= 2000000);
  /* While its signal is blocked a timer counts how often it ran. */
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, NULL);
  usleep(20000);
  sigprocmask(SIG_UNBLOCK, &set, NULL);
  CHECK(timer_getoverrun(timer) >= 0);
  when = (struct itimerspec){{0, 0}, {0, 0}};
  CHECK(timer_settime(timer, 0, &when, &left) == 0 && left.it_interval.tv_nsec == 2000000);
  errno = 0;
  when.it_value.tv_nsec = 1000000000;
  CHECK(timer_settime(timer, 0, &when, NULL) == -1 && errno == EINVAL);
  CHECK(timer_delete(timer) == 0);
  errno = 0;
  event.sigev_signo = 999;
  CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == -1 && errno == EINVAL);
}

int main(void) {
  calendar();
  clocks();
  timers();
  return failed;
}
