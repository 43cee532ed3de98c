/* sys/uio.h: POSIX.1. */
#ifndef _SYS_UIO_H
#define _SYS_UIO_H 1
#include <features.h>
/*@ types size_t ssize_t iovec */
#define UIO_MAXIOV 1024
__BEGIN_DECLS
/*@ functions readv writev */
#if __TL_MISC
/*@ types off_t */
/*@ functions preadv pwritev */
#endif
#if __TL_GNU
#define RWF_HIPRI 1
#define RWF_DSYNC 2
#define RWF_SYNC 4
#define RWF_NOWAIT 8
#define RWF_APPEND 16
/*@ types pid_t off64_t */
/*@ functions preadv2 pwritev2 preadv64 pwritev64 process_vm_readv process_vm_writev */
ssize_t preadv64v2(int __fd, const struct iovec *__parts, int __count, off64_t __offset, int __flags);
ssize_t pwritev64v2(int __fd, const struct iovec *__parts, int __count, off64_t __offset, int __flags);
#endif
__END_DECLS
#endif
