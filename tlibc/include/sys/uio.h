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
#endif
__END_DECLS
#endif
