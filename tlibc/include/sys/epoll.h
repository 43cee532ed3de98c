/* sys/epoll.h: event polling of Linux. */
#ifndef _SYS_EPOLL_H
#define _SYS_EPOLL_H 1
#include <features.h>
/*@ types uint32_t uint64_t sigset_t timespec epoll_data_t epoll_event */
#define EPOLL_CLOEXEC 02000000
#define EPOLL_CTL_ADD 1
#define EPOLL_CTL_DEL 2
#define EPOLL_CTL_MOD 3
#define EPOLLIN 0x1
#define EPOLLPRI 0x2
#define EPOLLOUT 0x4
#define EPOLLERR 0x8
#define EPOLLHUP 0x10
#define EPOLLRDNORM 0x40
#define EPOLLRDBAND 0x80
#define EPOLLWRNORM 0x100
#define EPOLLWRBAND 0x200
#define EPOLLMSG 0x400
#define EPOLLRDHUP 0x2000
#define EPOLLEXCLUSIVE 0x10000000
#define EPOLLWAKEUP 0x20000000
#define EPOLLONESHOT 0x40000000
#define EPOLLET 0x80000000U
__BEGIN_DECLS
/*@ functions epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 */
__END_DECLS
#endif
