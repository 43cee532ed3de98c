/* ifaddrs.h: interface addresses. */
#ifndef _IFADDRS_H
#define _IFADDRS_H 1
#include <features.h>
#include <sys/socket.h>
/*@ types ifaddrs */
#define ifa_broadaddr ifa_ifu.ifu_broadaddr
#define ifa_dstaddr ifa_ifu.ifu_dstaddr
__BEGIN_DECLS
/*@ functions getifaddrs freeifaddrs */
__END_DECLS
#endif
