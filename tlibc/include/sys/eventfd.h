/* sys/eventfd.h: event counters of Linux. */
#ifndef _SYS_EVENTFD_H
#define _SYS_EVENTFD_H 1
#include <features.h>
#include <stdint.h>
/*@ types eventfd_t */
#define EFD_SEMAPHORE 1
#define EFD_NONBLOCK 04000
#define EFD_CLOEXEC 02000000
__BEGIN_DECLS
/*@ functions eventfd eventfd_read eventfd_write */
__END_DECLS
#endif
