/* expect: shared-glibc looks names up in libraries that it loads
   expect: not-musl has other services and protocols, and no networks */
/* Services, protocols and networks into the caller's memory: the same entries as the static ones, ERANGE without room. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0, error, reason = -1;
  char room[4096], small[8];
  struct servent s, *sp;
  struct protoent p, *pp;
  struct netent n, *np;
  CHECK(!getservbyname_r("http", "tcp", &s, room, sizeof room, &sp) && sp == &s);
  printf("%s %d %s\n", s.s_name, ntohs(s.s_port), s.s_proto);
  CHECK(getservbyname_r("http", "tcp", &s, small, sizeof small, &sp) == ERANGE && !sp);
  CHECK(!getservbyname_r("http", NULL, &s, room, sizeof room, &sp) && sp);
  error = getservbyname_r("no such service", NULL, &s, room, sizeof room, &sp);
  CHECK((error == 0 || error == ENOENT) && !sp);
  CHECK(!getservbyport_r(htons(25), "tcp", &s, room, sizeof room, &sp) && sp && !strcmp(s.s_name, "smtp"));
  CHECK(getservbyport_r(htons(25), "tcp", &s, small, 2, &sp) == ERANGE && !sp);
  if (!access("/etc/services", R_OK)) {
    setservent(0);
    CHECK(getservent_r(&s, small, 2, &sp) == ERANGE && !sp);
    CHECK(!getservent_r(&s, room, sizeof room, &sp) && sp == &s);
    char first[64];
    snprintf(first, sizeof first, "%s", s.s_name);
    setservent(0);
    sp = getservent();
    CHECK(sp && !strcmp(sp->s_name, first));
    while (!(error = getservent_r(&s, room, sizeof room, &sp))) continue;
    CHECK(error == ENOENT && !sp);
    endservent();
  }
  CHECK(!getprotobyname_r("udp", &p, room, sizeof room, &pp) && pp == &p && p.p_proto == 17 && !strcmp(p.p_aliases[0], "UDP"));
  CHECK(getprotobyname_r("udp", &p, small, 1, &pp) == ERANGE && !pp);
  CHECK(!getprotobynumber_r(6, &p, room, sizeof room, &pp) && pp && !strcmp(p.p_name, "tcp"));
  error = getprotobynumber_r(254, &p, room, sizeof room, &pp);
  CHECK((error == 0 || error == ENOENT) && !pp);
  setprotoent(1);
  CHECK(getprotoent_r(&p, small, 1, &pp) == ERANGE && !pp);
  CHECK(!getprotoent_r(&p, room, sizeof room, &pp) && pp && p.p_proto == 0);
  while (!(error = getprotoent_r(&p, room, sizeof room, &pp))) continue;
  CHECK(error == ENOENT && !pp);
  endprotoent();
  error = getnetbyname_r("no such network", &n, room, sizeof room, &np, &reason);
  CHECK(!np && reason > 0);
  reason = -1;
  error = getnetbyaddr_r(0x7ffffff1, 2, &n, room, sizeof room, &np, &reason);
  CHECK(!np && reason > 0);
  if (!access("/etc/networks", R_OK)) {
    setnetent(0);
    error = getnetent_r(&n, room, sizeof room, &np, &reason);
    if (np) {
      char name[64];
      snprintf(name, sizeof name, "%s", n.n_name);
      CHECK(!getnetbyname_r(name, &n, room, sizeof room, &np, &reason) && np == &n);
      CHECK(getnetbyname_r(name, &n, small, 1, &np, &reason) == ERANGE && !np && reason == NETDB_INTERNAL);
    }
    endnetent();
  }
  return failed;
}
