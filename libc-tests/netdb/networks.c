/* Networks by name and number, where /etc/networks has the loopback as Debian's does, or has nothing. */
/* expect: shared-glibc looks names up in libraries that it loads
   expect: not-musl has no networks */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0, count = 0;
  struct netent *n;
  CHECK(getnetbyname("no such network") == NULL && getnetbyaddr(0x7ffffff1, AF_INET) == NULL && getnetbyaddr(127, 77) == NULL);
  setnetent(1);
  while ((n = getnetent())) {
    char name[64];
    uint32_t number = n->n_net;
    CHECK(n->n_addrtype == AF_INET && n->n_aliases);
    snprintf(name, sizeof name, "%s", n->n_name);
    struct netent *again = getnetbyname(name);
    CHECK(again && again->n_net == number);
    count++;
  }
  setnetent(0);
  CHECK((getnetent() != NULL) == (count > 0));
  endnetent();
  if (access("/etc/networks", R_OK) != 0) CHECK(count == 0);
  return failed;
}
