/* arpa/inet.h: POSIX.1. */
#ifndef _ARPA_INET_H
#define _ARPA_INET_H 1
#include <features.h>
#include <netinet/in.h>
__BEGIN_DECLS
/*@ functions inet_addr inet_ntoa inet_ntop inet_pton htonl htons ntohl ntohs */
#if __TL_MISC
/*@ functions inet_aton inet_network inet_netof inet_lnaof inet_makeaddr */
#endif
__END_DECLS
#endif
