/* sys/un.h: POSIX.1. */
#ifndef _SYS_UN_H
#define _SYS_UN_H 1
#include <features.h>
/*@ types sa_family_t sockaddr_un */
#if __TL_MISC
#include <string.h>
#define SUN_LEN(address) (sizeof(*(address)) - sizeof((address)->sun_path) + strlen((address)->sun_path))
#endif
#endif
