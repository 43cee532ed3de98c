/* Names and numbers of network interfaces. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0;
  /* Without sockets there are no interfaces. */
  int any = socket(AF_INET, SOCK_DGRAM, 0);
  if (any < 0) return if_nameindex() != NULL;
  char name[IF_NAMESIZE];
  struct if_nameindex *all = if_nameindex();
  CHECK(all != NULL);
  for (struct if_nameindex *i = all; i && i->if_index; i++) {
    CHECK(if_nametoindex(i->if_name) == i->if_index);
    CHECK(if_indextoname(i->if_index, name) == name && !strcmp(name, i->if_name));
  }
  /* All of them are in the list, also those without an address, and each once. */
  for (unsigned number = 1; number < 100; number++) {
    int times = 0;
    for (struct if_nameindex *i = all; i && i->if_index; i++) times += i->if_index == number;
    CHECK(times == (if_indextoname(number, name) != NULL));
  }
  if (all) if_freenameindex(all);
  errno = 0;
  CHECK(if_nametoindex("no such thing") == 0 && errno == ENODEV);
  errno = 0;
  CHECK(if_indextoname(54321, name) == NULL && errno == ENXIO);
  errno = 0;
  CHECK(if_nametoindex("a name that is longer than any interface may have") == 0 && errno == ENODEV);
  return failed;
}
