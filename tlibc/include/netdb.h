/* netdb.h: POSIX.1. */
#ifndef _NETDB_H
#define _NETDB_H 1
#include <features.h>
#include <netinet/in.h>
/*@ types socklen_t addrinfo hostent servent protoent netent */
#define IPPORT_RESERVED 1024
#if __TL_MISC
#define h_addr h_addr_list[0]
#endif
#if __TL_MISC || __TL_POSIX < 200809L
#define HOST_NOT_FOUND 1
#define TRY_AGAIN 2
#define NO_RECOVERY 3
#define NO_DATA 4
#endif
#if __TL_MISC
#define NO_ADDRESS NO_DATA
#define NETDB_INTERNAL (-1)
#define NETDB_SUCCESS 0
#endif
#if __TL_GNU
#define EAI_IDN_ENCODE (-105)
#endif
#define EAI_INTR (-104)
#define EAI_ALLDONE (-103)
#define EAI_NOTCANCELED (-102)
#define EAI_CANCELED (-101)
#define EAI_INPROGRESS (-100)
#define EAI_OVERFLOW (-12)
#define EAI_SYSTEM (-11)
#define EAI_MEMORY (-10)
#define EAI_ADDRFAMILY (-9)
#define EAI_SERVICE (-8)
#define EAI_SOCKTYPE (-7)
#define EAI_FAMILY (-6)
#define EAI_NODATA (-5)
#define EAI_FAIL (-4)
#define EAI_AGAIN (-3)
#define EAI_NONAME (-2)
#define EAI_BADFLAGS (-1)
#define AI_PASSIVE 1
#define NI_NUMERICHOST 1
#define AI_CANONNAME 2
#define NI_NUMERICSERV 2
#define AI_NUMERICHOST 4
#define NI_NOFQDN 4
#define AI_V4MAPPED 8
#define NI_NAMEREQD 8
#define AI_ALL 16
#define NI_DGRAM 16
#define AI_ADDRCONFIG 32
#define NI_NUMERICSCOPE 256
#define NI_MAXSERV 32
#define AI_NUMERICSERV 1024
#define NI_MAXHOST 1025
__BEGIN_DECLS
/*@ functions freeaddrinfo gai_strerror getaddrinfo getnameinfo endhostent endnetent endprotoent endservent
gethostent getnetbyaddr getnetbyname getnetent getprotobyname getprotobynumber getprotoent
getservbyname getservbyport getservent sethostent setnetent setprotoent setservent */
#if __TL_MISC
/*@ functions gethostbyaddr gethostbyname gethostbyname2 gethostbyname_r gethostbyname2_r
gethostbyaddr_r herror hstrerror __h_errno_location
getservbyname_r getservbyport_r getservent_r getprotobyname_r getprotobynumber_r getprotoent_r
getnetbyname_r getnetbyaddr_r getnetent_r */
#define h_errno (*__h_errno_location())
#endif
__END_DECLS
#endif
