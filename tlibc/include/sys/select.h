/* sys/select.h: POSIX.1. */
#ifndef _SYS_SELECT_H
#define _SYS_SELECT_H 1
#include <features.h>
/*@ types time_t suseconds_t timeval timespec sigset_t fd_set */
#define FD_SETSIZE 1024
#if __TL_MISC
typedef long fd_mask;
#define NFDBITS 64
#endif
#define __tl_fd_bit(fd) (1UL << ((unsigned)(fd) % 64))
#define FD_ZERO(set) \
  do { \
    fd_set *__set = (set); \
    unsigned __i; \
    for (__i = 0; __i < sizeof(fd_set) / sizeof(long); __i++) __set->fds_bits[__i] = 0; \
  } while (0)
#define FD_SET(fd, set) \
  ((void)((set)->fds_bits[(unsigned)(fd) / 64] = \
            (long)((unsigned long)(set)->fds_bits[(unsigned)(fd) / 64] | __tl_fd_bit(fd))))
#define FD_CLR(fd, set) \
  ((void)((set)->fds_bits[(unsigned)(fd) / 64] = \
            (long)((unsigned long)(set)->fds_bits[(unsigned)(fd) / 64] & ~__tl_fd_bit(fd))))
#define FD_ISSET(fd, set) (((unsigned long)(set)->fds_bits[(unsigned)(fd) / 64] & __tl_fd_bit(fd)) != 0)
__BEGIN_DECLS
/*@ functions select pselect */
__END_DECLS
#endif
