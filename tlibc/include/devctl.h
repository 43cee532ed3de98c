/* devctl.h: POSIX.1-2024. */
#ifndef _DEVCTL_H
#define _DEVCTL_H 1
#include <features.h>
/*@ types size_t */
__BEGIN_DECLS
/*@ functions posix_devctl */
__END_DECLS
#endif
