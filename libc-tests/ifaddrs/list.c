/* The addresses of the interfaces: each with a name that the kernel knows, masks of the address's kind. Where the kernel
   has no routing sockets, the error is theirs. */
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0, loopback = 0, links = 0;
  struct ifaddrs *list, *a;
  int s = socket(AF_NETLINK, SOCK_RAW, 0), why = errno;
  if (s < 0) {
    errno = 0;
    CHECK(getifaddrs(&list) == -1 && errno == why);
    return failed;
  }
  close(s);
  CHECK(getifaddrs(&list) == 0);
  for (a = list; a; a = a->ifa_next) {
    CHECK(a->ifa_name && *a->ifa_name && strlen(a->ifa_name) < IF_NAMESIZE);
    loopback += !!(a->ifa_flags & IFF_LOOPBACK);
    if (!a->ifa_addr) continue;
    if (a->ifa_addr->sa_family == AF_PACKET) {
      links++;
      CHECK(if_nametoindex(a->ifa_name) != 0 && a->ifa_data);
    } else {
      CHECK(a->ifa_addr->sa_family == AF_INET || a->ifa_addr->sa_family == AF_INET6);
      CHECK(a->ifa_netmask && a->ifa_netmask->sa_family == a->ifa_addr->sa_family);
    }
    if (a->ifa_addr->sa_family == AF_INET && a->ifa_flags & IFF_LOOPBACK)
      CHECK(((struct sockaddr_in *)a->ifa_addr)->sin_addr.s_addr == htonl(INADDR_LOOPBACK));
  }
  CHECK(links >= 1 && loopback >= 1);
  freeifaddrs(list);
  freeifaddrs(NULL);
  return failed;
}
