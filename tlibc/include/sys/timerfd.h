/* sys/timerfd.h: timers of Linux as descriptors. */
#ifndef _SYS_TIMERFD_H
#define _SYS_TIMERFD_H 1
#include <features.h>
#include <time.h>
#define TFD_CLOEXEC 02000000
#define TFD_NONBLOCK 04000
#define TFD_TIMER_ABSTIME 1
#define TFD_TIMER_CANCEL_ON_SET 2
__BEGIN_DECLS
/*@ functions timerfd_create timerfd_settime timerfd_gettime */
__END_DECLS
#endif
