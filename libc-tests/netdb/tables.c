/* Protocols, services, networks and hosts from the system's files: every field, by name, by number, in order. */
/* expect: shared-glibc looks names up in libraries that it loads
   expect: not-musl has no files of networks, and lists services never */
#include <netdb.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0, count = 0, seen = 0;
  struct protoent *p;
  struct servent *s;
  struct hostent *h;
  CHECK((p = getprotobyname("tcp")) && p->p_proto == IPPROTO_TCP && !strcmp(p->p_name, "tcp") && p->p_aliases);
  CHECK((p = getprotobyname("UDP")) && p->p_proto == IPPROTO_UDP);
  CHECK((p = getprotobynumber(IPPROTO_ICMP)) && !strcmp(p->p_name, "icmp"));
  CHECK(getprotobyname("no such protocol") == NULL && getprotobynumber(250) == NULL);
  setprotoent(1);
  while ((p = getprotoent())) count++, seen += p->p_proto == IPPROTO_TCP;
  CHECK(count > 3 && seen == 1);
  setprotoent(0);
  CHECK(getprotoent() != NULL);
  endprotoent();
  CHECK((p = getprotoent()) && p->p_proto == 0);
  endprotoent();
  CHECK((s = getservbyname("http", "tcp")) && ntohs(s->s_port) == 80 && !strcmp(s->s_proto, "tcp") && !strcmp(s->s_name, "http"));
  CHECK((s = getservbyname("domain", NULL)) && ntohs(s->s_port) == 53);
  CHECK((s = getservbyport(htons(22), "tcp")) && !strcmp(s->s_name, "ssh"));
  CHECK(getservbyname("no such service", "tcp") == NULL && getservbyname("http", "no such protocol") == NULL && getservbyport(htons(64999), NULL) == NULL);
  /* The list needs the file; names alone have a table besides. */
  int listed = access("/etc/services", R_OK) == 0;
  setservent(1);
  for (count = 0, seen = 0; (s = getservent());) count++, seen += !strcmp(s->s_name, "ssh");
  CHECK(listed ? count > 10 && seen >= 1 : count == 0);
  endservent();
  CHECK(!listed || getservent() != NULL);
  endservent();
  sethostent(1);
  for (count = 0, seen = 0; (h = gethostent());) count++, seen += !strcmp(h->h_name, "localhost");
  CHECK(count >= 1 && seen >= 1);
  sethostent(0);
  CHECK(gethostent() != NULL);
  endhostent();
  return failed;
}
