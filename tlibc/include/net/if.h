/* net/if.h: POSIX.1. */
#ifndef _NET_IF_H
#define _NET_IF_H 1
#include <features.h>
#if __TL_MISC
#include <sys/socket.h>
#endif
#define IF_NAMESIZE 16
/*@ types if_nameindex */
#if __TL_MISC
#define IFNAMSIZ 16
#define IFF_UP 0x1
#define IFF_BROADCAST 0x2
#define IFF_DEBUG 0x4
#define IFF_LOOPBACK 0x8
#define IFF_POINTOPOINT 0x10
#define IFF_RUNNING 0x40
#define IFF_NOARP 0x80
#define IFF_PROMISC 0x100
#define IFF_ALLMULTI 0x200
#define IFF_MULTICAST 0x1000
struct ifmap {
  unsigned long mem_start;
  unsigned long mem_end;
  unsigned short base_addr;
  unsigned char irq;
  unsigned char dma;
  unsigned char port;
};
struct ifreq {
  char ifr_name[IFNAMSIZ];
  union {
    struct sockaddr ifr_addr;
    struct sockaddr ifr_dstaddr;
    struct sockaddr ifr_broadaddr;
    struct sockaddr ifr_netmask;
    struct sockaddr ifr_hwaddr;
    short ifr_flags;
    int ifr_ifindex;
    int ifr_metric;
    int ifr_mtu;
    struct ifmap ifr_map;
    char ifr_slave[IFNAMSIZ];
    char ifr_newname[IFNAMSIZ];
    char *ifr_data;
  } __ifr;
};
#define ifr_addr __ifr.ifr_addr
#define ifr_dstaddr __ifr.ifr_dstaddr
#define ifr_broadaddr __ifr.ifr_broadaddr
#define ifr_netmask __ifr.ifr_netmask
#define ifr_hwaddr __ifr.ifr_hwaddr
#define ifr_flags __ifr.ifr_flags
#define ifr_ifindex __ifr.ifr_ifindex
#define ifr_metric __ifr.ifr_metric
#define ifr_mtu __ifr.ifr_mtu
#define ifr_data __ifr.ifr_data
struct ifconf {
  int ifc_len;
  union {
    char *ifc_buf;
    struct ifreq *ifc_req;
  } __ifc;
};
#define ifc_buf __ifc.ifc_buf
#define ifc_req __ifc.ifc_req
#endif
#if __TL_MISC
#define IFF_NOTRAILERS 0x20
#define IFF_MASTER 0x400
#define IFF_SLAVE 0x800
#define IFF_PORTSEL 0x2000
#define IFF_AUTOMEDIA 0x4000
#define IFF_DYNAMIC 0x8000
#define IFHWADDRLEN 6
#endif
__BEGIN_DECLS
/*@ functions if_nametoindex if_indextoname if_nameindex if_freenameindex */
__END_DECLS
#endif
