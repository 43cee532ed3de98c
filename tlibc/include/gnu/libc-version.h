/* gnu/libc-version.h: the version of the C library. */
#ifndef _GNU_LIBC_VERSION_H
#define _GNU_LIBC_VERSION_H 1
#include <features.h>
__BEGIN_DECLS
/*@ functions gnu_get_libc_version gnu_get_libc_release */
__END_DECLS
#endif
