/* netinet/ether.h: addresses of Ethernet as text and by name. */
#ifndef _NETINET_ETHER_H
#define _NETINET_ETHER_H 1
#include <features.h>
#include <net/ethernet.h>
__BEGIN_DECLS
/*@ functions ether_aton ether_aton_r ether_hostton ether_line ether_ntoa ether_ntoa_r ether_ntohost */
__END_DECLS
#endif
