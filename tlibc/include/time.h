/* time.h: ISO C 7.27, POSIX.1. */
#ifndef _TIME_H
#define _TIME_H 1
#include <features.h>
/*@ types size_t NULL clock_t time_t tm */
#define CLOCKS_PER_SEC ((clock_t)1000000)
__BEGIN_DECLS
/*@ functions asctime clock ctime difftime gmtime localtime mktime strftime time */
#if __TL_C11 || __TL_POSIX >= 199309L
/*@ types timespec */
#endif
#if __TL_C11
#define TIME_UTC 1
/*@ functions timespec_get */
#endif
#if __TL_POSIX
struct sigevent;
/*@ types clockid_t timer_t pid_t itimerspec */
#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define CLOCK_PROCESS_CPUTIME_ID 2
#define CLOCK_THREAD_CPUTIME_ID 3
#define CLOCK_MONOTONIC_RAW 4
#define CLOCK_REALTIME_COARSE 5
#define CLOCK_MONOTONIC_COARSE 6
#define CLOCK_BOOTTIME 7
#define CLOCK_REALTIME_ALARM 8
#define CLOCK_BOOTTIME_ALARM 9
#define CLOCK_TAI 11
#define TIMER_ABSTIME 1
/*@ functions asctime_r ctime_r gmtime_r localtime_r tzset tzname nanosleep clock_getres clock_gettime
clock_settime clock_nanosleep clock_getcpuclockid timer_delete timer_gettime timer_settime
timer_getoverrun */
int timer_create(clockid_t __clock, struct sigevent *__event, timer_t *__place);
#endif
#if __TL_POSIX >= 200809L
/*@ types locale_t */
/*@ functions strftime_l */
#endif
#if __TL_XSI || __TL_MISC
/*@ functions strptime daylight timezone getdate getdate_err */
#if __TL_GNU
/*@ types timex */
/*@ functions clock_adjtime getdate_r */
#endif
#endif
#if __TL_MISC || __TL_POSIX >= 202405L
/*@ functions timegm */
#endif
#if __TL_MISC
/*@ functions stime timelocal dysize timespec_getres */
#endif
#if __TL_GNU
/*@ functions strptime_l */
#endif
__END_DECLS
#endif
