/* sys/syslog.h: older place of syslog.h. */
#ifndef _SYS_SYSLOG_H
#define _SYS_SYSLOG_H 1
#include <features.h>
#include <syslog.h>

#endif
