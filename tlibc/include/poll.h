/* poll.h: POSIX.1. */
#ifndef _POLL_H
#define _POLL_H 1
#include <features.h>
/*@ types nfds_t pollfd */
#define POLLIN 0x1
#define POLLPRI 0x2
#define POLLOUT 0x4
#define POLLERR 0x8
#define POLLHUP 0x10
#define POLLNVAL 0x20
#if __TL_XSI || __TL_MISC || __TL_POSIX >= 200809L
#define POLLRDNORM 0x40
#define POLLRDBAND 0x80
#define POLLWRNORM 0x100
#define POLLWRBAND 0x200
#endif
#if __TL_GNU
#define POLLMSG 0x400
#define POLLREMOVE 0x1000
#define POLLRDHUP 0x2000
#endif
__BEGIN_DECLS
/*@ functions poll */
#if __TL_GNU || __TL_POSIX >= 202405L
/*@ types timespec sigset_t */
/*@ functions ppoll */
#endif
__END_DECLS
#endif
