/* netinet/if_ether.h: addresses of Ethernet beside those of IPv4. */
#ifndef _NETINET_IF_ETHER_H
#define _NETINET_IF_ETHER_H 1
#include <features.h>
#include <net/ethernet.h>
#include <net/if_arp.h>
#include <netinet/in.h>
struct ether_arp {
  struct arphdr ea_hdr;
  uint8_t arp_sha[ETH_ALEN];
  uint8_t arp_spa[4];
  uint8_t arp_tha[ETH_ALEN];
  uint8_t arp_tpa[4];
};
#define arp_hrd ea_hdr.ar_hrd
#define arp_pro ea_hdr.ar_pro
#define arp_hln ea_hdr.ar_hln
#define arp_pln ea_hdr.ar_pln
#define arp_op ea_hdr.ar_op
#define ETHER_MAP_IP_MULTICAST(address, frame) \
  do { \
    const uint8_t *__from = (const uint8_t *)(address); \
    uint8_t *__to = (uint8_t *)(frame); \
    __to[0] = 0x01; \
    __to[1] = 0x00; \
    __to[2] = 0x5e; \
    __to[3] = __from[1] & 0x7f; \
    __to[4] = __from[2]; \
    __to[5] = __from[3]; \
  } while (0)
#endif
