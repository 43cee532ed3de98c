/* sys/klog.h: the kernel's log. syslog(2). */
#ifndef _SYS_KLOG_H
#define _SYS_KLOG_H 1
#include <features.h>
__BEGIN_DECLS
/*@ functions klogctl */
__END_DECLS
#endif
