/* expect: not-musl it takes the parts from the bytes in the wrong order */
/* The parts of addresses by their classes, and the constants of IPv6. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0;
  static const char *const texts[] = {"10.1.2.3", "127.0.0.1", "128.7.8.9", "191.255.1.2", "192.168.5.6", "223.1.1.77", "0.0.0.0"};
  for (int i = 0; i < 7; i++) {
    struct in_addr a = {inet_addr(texts[i])}, b;
    printf("%s %x %x\n", texts[i], inet_netof(a), inet_lnaof(a));
    b = inet_makeaddr(inet_netof(a), inet_lnaof(a));
    CHECK(a.s_addr == b.s_addr);
  }
  CHECK(inet_network("1.2.3.4") == 0x1020304 && inet_network("10") == 10 && inet_network("192.168.5") == 0xc0a805 && inet_network("0x7f.1") == 0x7f01);
  CHECK(inet_network("1.2.3.4.5") == INADDR_NONE && inet_network("x") == INADDR_NONE && inet_network("") == INADDR_NONE);
  char text[INET6_ADDRSTRLEN];
  CHECK(!memcmp(&in6addr_any, &(struct in6_addr)IN6ADDR_ANY_INIT, 16) && !memcmp(&in6addr_loopback, &(struct in6_addr)IN6ADDR_LOOPBACK_INIT, 16));
  CHECK(!strcmp(inet_ntop(AF_INET6, &in6addr_any, text, sizeof text), "::") && !strcmp(inet_ntop(AF_INET6, &in6addr_loopback, text, sizeof text), "::1"));
  return failed;
}
