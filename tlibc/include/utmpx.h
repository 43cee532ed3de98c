/* utmpx.h: who is logged in (POSIX.1 XSI). */
#ifndef _UTMPX_H
#define _UTMPX_H 1
#include <features.h>
#include <sys/time.h>
/*@ types pid_t utmpx */
#define EMPTY 0
#define BOOT_TIME 2
#define NEW_TIME 3
#define OLD_TIME 4
#define INIT_PROCESS 5
#define LOGIN_PROCESS 6
#define USER_PROCESS 7
#define DEAD_PROCESS 8
__BEGIN_DECLS
/*@ functions endutxent getutxent getutxid getutxline pututxline setutxent */
#if __TL_MISC
#define RUN_LVL 1
#endif
#if __TL_GNU
#define ACCOUNTING 9
#define UTMPX_FILE "/var/run/utmp"
#define WTMPX_FILE "/var/log/wtmp"
/*@ functions getutmp getutmpx utmpxname updwtmpx */
#endif
__END_DECLS
#endif
