/* expect: shared-glibc looks names up in libraries that it loads
   expect: not-musl takes and writes other forms */
/* Addresses of Ethernet as text, and lines of /etc/ethers. */
#include <netinet/ether.h>
#include <stdio.h>
#include <string.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0;
  struct ether_addr a;
  char text[32], name[64];
  CHECK(sizeof(struct ether_header) == 14 && sizeof a == ETH_ALEN);
  CHECK(ether_aton_r("08:00:2b:C:d:ff", &a) == &a);
  printf("%s %s\n", ether_ntoa_r(&a, text), ether_ntoa(&a));
  CHECK(!ether_aton("1:2:3:4:5") && !ether_aton("1:2:3:4:5:x") && !ether_aton(""));
  /* More than an address is none; white space may follow. */
  CHECK(!ether_aton("1:2:3:4:5:6:7") && !ether_aton("1:2:3:4:5:6g") && !ether_aton("fe80:0:0:0:0:0:0:1"));
  CHECK(ether_aton("1:2:3:4:5:6 ") && ether_aton("1:2:3:4:5:6\n"));
  struct ether_addr *static_one = ether_aton("0:0:0:0:0:1");
  CHECK(static_one && static_one->ether_addr_octet[5] == 1);
  CHECK(ether_line("8:0:20:1:2:3 printer.example # upstairs", &a, name) == 0 && !strcmp(name, "printer.example"));
  printf("%s\n", ether_ntoa(&a));
  CHECK(ether_line("# nothing", &a, name) == -1 && ether_line("8:0:20:1:2:3", &a, name) == -1);
  CHECK(ether_hostton("no such host", &a) != 0);
  memset(&a, 0xee, sizeof a);
  CHECK(ether_ntohost(name, &a) != 0);
  return failed;
}
