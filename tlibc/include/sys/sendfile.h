/* sys/sendfile.h: file to descriptor, in the kernel. */
#ifndef _SYS_SENDFILE_H
#define _SYS_SENDFILE_H 1
#include <features.h>
/*@ types size_t ssize_t off_t */
__BEGIN_DECLS
/*@ functions sendfile sendfile64 */
__END_DECLS
#endif
