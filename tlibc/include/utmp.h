/* utmp.h: login records by their old names. */
#ifndef _UTMP_H
#define _UTMP_H 1
#include <features.h>
#include <utmpx.h>
#define utmp utmpx
#define ut_name ut_user
#define ut_time ut_tv.tv_sec
#define ut_xtime ut_tv.tv_sec
#define ut_addr ut_addr_v6[0]
#define UT_LINESIZE 32
#define UT_NAMESIZE 32
#define UT_HOSTSIZE 256
#define UT_UNKNOWN 0
#define UTMP_FILE "/var/run/utmp"
#define WTMP_FILE "/var/log/wtmp"
#define UTMP_FILENAME UTMP_FILE
#define WTMP_FILENAME WTMP_FILE
#define RUN_LVL 1
#define ACCOUNTING 9
struct lastlog {
  int ll_time;
  char ll_line[UT_LINESIZE];
  char ll_host[UT_HOSTSIZE];
};
__BEGIN_DECLS
/*@ functions login_tty getutent getutid getutline pututline setutent endutent utmpname updwtmp */
#if __TL_GNU
/*@ functions getutent_r getutid_r getutline_r */
#endif
__END_DECLS
#endif
