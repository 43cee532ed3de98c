/* sys/socket.h: POSIX.1. */
#ifndef _SYS_SOCKET_H
#define _SYS_SOCKET_H 1
#include <features.h>
/*@ types size_t ssize_t socklen_t sa_family_t sockaddr sockaddr_storage iovec msghdr cmsghdr linger */
#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOCK_RAW 3
#define SOCK_RDM 4
#define SOCK_SEQPACKET 5
#define SOCK_PACKET 10
#define SOCK_CLOEXEC 524288
#define SOCK_NONBLOCK 2048
#define AF_UNSPEC 0
#define PF_UNSPEC 0
#define AF_FILE 1
#define AF_LOCAL 1
#define AF_UNIX 1
#define PF_FILE 1
#define PF_LOCAL 1
#define PF_UNIX 1
#define AF_INET 2
#define PF_INET 2
#define AF_AX25 3
#define PF_AX25 3
#define AF_IPX 4
#define PF_IPX 4
#define AF_APPLETALK 5
#define PF_APPLETALK 5
#define AF_NETROM 6
#define PF_NETROM 6
#define AF_BRIDGE 7
#define PF_BRIDGE 7
#define AF_ATMPVC 8
#define PF_ATMPVC 8
#define AF_X25 9
#define PF_X25 9
#define AF_INET6 10
#define PF_INET6 10
#define AF_ROSE 11
#define PF_ROSE 11
#define AF_DECnet 12
#define PF_DECnet 12
#define AF_NETBEUI 13
#define PF_NETBEUI 13
#define AF_SECURITY 14
#define PF_SECURITY 14
#define AF_KEY 15
#define PF_KEY 15
#define AF_NETLINK 16
#define AF_ROUTE 16
#define PF_NETLINK 16
#define PF_ROUTE 16
#define AF_PACKET 17
#define PF_PACKET 17
#define AF_ASH 18
#define PF_ASH 18
#define AF_ECONET 19
#define PF_ECONET 19
#define AF_ATMSVC 20
#define PF_ATMSVC 20
#define AF_RDS 21
#define PF_RDS 21
#define AF_SNA 22
#define PF_SNA 22
#define AF_IRDA 23
#define PF_IRDA 23
#define AF_PPPOX 24
#define PF_PPPOX 24
#define AF_WANPIPE 25
#define PF_WANPIPE 25
#define AF_LLC 26
#define PF_LLC 26
#define AF_IB 27
#define PF_IB 27
#define AF_MPLS 28
#define PF_MPLS 28
#define AF_CAN 29
#define PF_CAN 29
#define AF_TIPC 30
#define PF_TIPC 30
#define AF_BLUETOOTH 31
#define PF_BLUETOOTH 31
#define AF_IUCV 32
#define PF_IUCV 32
#define AF_RXRPC 33
#define PF_RXRPC 33
#define AF_ISDN 34
#define PF_ISDN 34
#define AF_PHONET 35
#define PF_PHONET 35
#define AF_IEEE802154 36
#define PF_IEEE802154 36
#define AF_CAIF 37
#define PF_CAIF 37
#define AF_ALG 38
#define PF_ALG 38
#define AF_NFC 39
#define PF_NFC 39
#define AF_VSOCK 40
#define PF_VSOCK 40
#define AF_KCM 41
#define PF_KCM 41
#define AF_QIPCRTR 42
#define PF_QIPCRTR 42
#define AF_SMC 43
#define PF_SMC 43
#define AF_XDP 44
#define PF_XDP 44
#define AF_MCTP 45
#define PF_MCTP 45
#define AF_MAX 46
#define PF_MAX 46
#if __TL_MISC
#define SOL_IP 0
#endif
#define SCM_RIGHTS 1
#define SOL_SOCKET 1
#define SO_DEBUG 1
#define SO_REUSEADDR 2
#define SO_TYPE 3
#define SO_ERROR 4
#define SO_DONTROUTE 5
#define SO_BROADCAST 6
#define SO_SNDBUF 7
#define SO_RCVBUF 8
#define SO_KEEPALIVE 9
#define SO_OOBINLINE 10
#define SO_NO_CHECK 11
#define SO_PRIORITY 12
#define SO_LINGER 13
#define SO_BSDCOMPAT 14
#define SO_REUSEPORT 15
#define SO_PASSCRED 16
#define SO_PEERCRED 17
#define SO_RCVLOWAT 18
#define SO_SNDLOWAT 19
#define SO_RCVTIMEO 20
#define SO_SNDTIMEO 21
#define SO_SECURITY_AUTHENTICATION 22
#define SO_SECURITY_ENCRYPTION_TRANSPORT 23
#define SO_SECURITY_ENCRYPTION_NETWORK 24
#define SO_BINDTODEVICE 25
#define SO_ATTACH_FILTER 26
#define SO_GET_FILTER 26
#define SO_DETACH_BPF 27
#define SO_DETACH_FILTER 27
#define SO_PEERNAME 28
#if __TL_MISC
#define SCM_TIMESTAMP 29
#endif
#define SO_TIMESTAMP 29
#define SO_ACCEPTCONN 30
#define SO_PEERSEC 31
#define SO_SNDBUFFORCE 32
#define SO_RCVBUFFORCE 33
#define SO_PASSSEC 34
#define SO_TIMESTAMPNS 35
#define SO_MARK 36
#define SO_TIMESTAMPING 37
#define SO_PROTOCOL 38
#define SO_DOMAIN 39
#define SO_RXQ_OVFL 40
#if __TL_MISC
#define SOL_IPV6 41
#endif
#define SO_WIFI_STATUS 41
#define SO_PEEK_OFF 42
#define SO_NOFCS 43
#define SO_LOCK_FILTER 44
#define SO_SELECT_ERR_QUEUE 45
#define SO_BUSY_POLL 46
#define SO_MAX_PACING_RATE 47
#define SO_BPF_EXTENSIONS 48
#define SO_INCOMING_CPU 49
#define SO_ATTACH_BPF 50
#define SO_ATTACH_REUSEPORT_CBPF 51
#define SO_ATTACH_REUSEPORT_EBPF 52
#define SO_CNX_ADVICE 53
#define SO_MEMINFO 55
#define SO_INCOMING_NAPI_ID 56
#define SO_COOKIE 57
#define SO_PEERGROUPS 59
#define SO_ZEROCOPY 60
#define SO_TXTIME 61
#define SO_BINDTOIFINDEX 62
#define SO_DETACH_REUSEPORT_BPF 68
#define SO_PREFER_BUSY_POLL 69
#define SO_BUSY_POLL_BUDGET 70
#define SO_NETNS_COOKIE 71
#define SO_BUF_LOCK 72
#define SO_RESERVE_MEM 73
#define SO_TXREHASH 74
#define SO_RCVMARK 75
#define SOL_RAW 255
#define SOMAXCONN 4096
#if __TL_MISC
#define SCM_CREDENTIALS 0x2
#endif
#define MSG_OOB 0x1
#define MSG_PEEK 0x2
#define MSG_DONTROUTE 0x4
#define MSG_CTRUNC 0x8
#define MSG_TRUNC 0x20
#define MSG_DONTWAIT 0x40
#define MSG_EOR 0x80
#define MSG_WAITALL 0x100
#define MSG_CONFIRM 0x800
#define MSG_ERRQUEUE 0x2000
#define MSG_NOSIGNAL 0x4000
#define MSG_MORE 0x8000
#define MSG_WAITFORONE 0x10000
#define MSG_FASTOPEN 0x20000000
#define MSG_CMSG_CLOEXEC 0x40000000
#define SHUT_RD 0x0
#define SHUT_WR 0x1
#define SHUT_RDWR 0x2
#define CMSG_ALIGN(length) (((length) + sizeof(size_t) - 1) & ~(sizeof(size_t) - 1))
#define CMSG_SPACE(length) (CMSG_ALIGN(length) + CMSG_ALIGN(sizeof(struct cmsghdr)))
#define CMSG_LEN(length) (CMSG_ALIGN(sizeof(struct cmsghdr)) + (length))
#define CMSG_DATA(header) ((unsigned char *)((struct cmsghdr *)(header) + 1))
#define CMSG_FIRSTHDR(message) \
  ((size_t)(message)->msg_controllen >= sizeof(struct cmsghdr) \
     ? (struct cmsghdr *)(message)->msg_control : (struct cmsghdr *)0)
#define CMSG_NXTHDR(message, header) __tl_cmsg_next((message), (header))
#if __TL_MISC
#define MSG_PROXY 0x10
#define MSG_FIN 0x200
#define MSG_SYN 0x400
#define MSG_RST 0x1000
#define MSG_BATCH 0x40000
#define MSG_ZEROCOPY 0x4000000
#define SCM_TIMESTAMPNS 35
#define SCM_TIMESTAMPING 37
#define SCM_WIFI_STATUS 41
#define SCM_TIMESTAMPING_OPT_STATS 54
#define SCM_TIMESTAMPING_PKTINFO 58
#define SCM_TXTIME 61
#define SOCK_DCCP 6
#define SOL_DECNET 0x105
#define SOL_X25 0x106
#define SOL_PACKET 0x107
#define SOL_ATM 0x108
#define SOL_AAL 0x109
#define SOL_IRDA 0x10a
#define SOL_NETBEUI 0x10b
#define SOL_LLC 0x10c
#define SOL_DCCP 0x10d
#define SOL_NETLINK 0x10e
#define SOL_TIPC 0x10f
#define SOL_RXRPC 0x110
#define SOL_PPPOL2TP 0x111
#define SOL_BLUETOOTH 0x112
#define SOL_PNPIPE 0x113
#define SOL_RDS 0x114
#define SOL_IUCV 0x115
#define SOL_CAIF 0x116
#define SOL_ALG 0x117
#define SOL_NFC 0x118
#define SOL_KCM 0x119
#define SOL_TLS 0x11a
#define SOL_XDP 0x11b
#endif
__BEGIN_DECLS
static __inline __attribute__((__unused__)) struct cmsghdr *
__tl_cmsg_next(struct msghdr *__message, struct cmsghdr *__header)
{
  unsigned char *__end = (unsigned char *)__message->msg_control + __message->msg_controllen;
  unsigned char *__next = (unsigned char *)__header + CMSG_ALIGN(__header->cmsg_len);
  if (__header->cmsg_len < sizeof(struct cmsghdr) || __next + sizeof(struct cmsghdr) > __end)
    return (struct cmsghdr *)0;
  if (__next + CMSG_ALIGN(((struct cmsghdr *)__next)->cmsg_len) > __end)
    return (struct cmsghdr *)0;
  return (struct cmsghdr *)__next;
}
/*@ functions accept bind connect getpeername getsockname getsockopt listen recv recvfrom recvmsg
send sendmsg sendto setsockopt shutdown sockatmark socket socketpair */
#if __TL_GNU || __TL_POSIX >= 202405L
/*@ functions accept4 */
#endif
#if __TL_MISC
/*@ functions isfdtype */
#endif
#if __TL_GNU
/*@ types ucred mmsghdr timespec */
/*@ functions sendmmsg recvmmsg */
#endif
__END_DECLS
#endif
