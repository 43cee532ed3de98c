/* sys/pidfd.h: descriptors of processes. */
#ifndef _SYS_PIDFD_H
#define _SYS_PIDFD_H 1
#include <fcntl.h>
/*@ types pid_t siginfo_t */
#define PIDFD_NONBLOCK O_NONBLOCK
__BEGIN_DECLS
/*@ functions pidfd_open pidfd_getfd pidfd_send_signal */
__END_DECLS
#endif
