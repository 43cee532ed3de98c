/* aio.h: POSIX.1 asynchronous input and output. */
#ifndef _AIO_H
#define _AIO_H 1
#include <features.h>
#include <fcntl.h>
#include <signal.h>
/*@ types size_t ssize_t off_t timespec sigevent aiocb */
#define AIO_CANCELED 0
#define AIO_NOTCANCELED 1
#define AIO_ALLDONE 2
#define LIO_READ 0
#define LIO_WRITE 1
#define LIO_NOP 2
#define LIO_WAIT 0
#define LIO_NOWAIT 1
__BEGIN_DECLS
/*@ functions aio_cancel aio_error aio_fsync aio_read aio_return aio_suspend aio_write lio_listio */
#if __TL_GNU || defined _LARGEFILE64_SOURCE
#define aiocb64 aiocb
#define aio_cancel64 aio_cancel
#define aio_error64 aio_error
#define aio_fsync64 aio_fsync
#define aio_read64 aio_read
#define aio_return64 aio_return
#define aio_suspend64 aio_suspend
#define aio_write64 aio_write
#define lio_listio64 lio_listio
#endif
__END_DECLS
#endif
