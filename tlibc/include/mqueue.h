/* mqueue.h: POSIX.1 message queues. */
#ifndef _MQUEUE_H
#define _MQUEUE_H 1
#include <features.h>
#include <fcntl.h>
/*@ types size_t ssize_t timespec sigevent mode_t pthread_attr_t */
typedef int mqd_t;
/*@ types mq_attr */
__BEGIN_DECLS
/*@ functions mq_open/2 mq_close mq_unlink mq_send mq_timedsend mq_receive mq_timedreceive mq_getattr mq_setattr
mq_notify */
__END_DECLS
#endif
