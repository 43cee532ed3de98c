/* expect: shared-glibc loads libraries for it */
/* getaddrinfo and getnameinfo without a name server. */
#include <arpa/inet.h>
#include <assert.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(void)
{
  struct addrinfo hints = { 0 }, *list;
  struct sockaddr_in *four;
  char host[64], service[32];

  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  assert(getaddrinfo("192.0.2.7", "8080", &hints, &list) == 0);
  four = (struct sockaddr_in *)list->ai_addr;
  assert(list->ai_next == NULL && list->ai_family == AF_INET && list->ai_protocol == IPPROTO_TCP);
  assert(list->ai_addrlen == sizeof *four && four->sin_port == htons(8080));
  assert(getnameinfo(list->ai_addr, list->ai_addrlen, host, sizeof host, service, sizeof service,
                     NI_NUMERICHOST | NI_NUMERICSERV) == 0);
  printf("%s %s\n", host, service);
  assert(getnameinfo(list->ai_addr, list->ai_addrlen, host, 3, NULL, 0, NI_NUMERICHOST) == EAI_OVERFLOW);
  freeaddrinfo(list);

  hints.ai_family = AF_UNSPEC;
  assert(getaddrinfo("::1", NULL, &hints, &list) == 0 && list->ai_family == AF_INET6);
  freeaddrinfo(list);
  hints.ai_flags |= AI_PASSIVE;
  hints.ai_family = AF_INET;
  assert(getaddrinfo(NULL, "7", &hints, &list) == 0);
  assert(((struct sockaddr_in *)list->ai_addr)->sin_addr.s_addr == INADDR_ANY);
  freeaddrinfo(list);

  /* The scope of an address of one link is the interface's name, where it has one. */
  struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_scope_id = if_nametoindex("lo") };
  inet_pton(AF_INET6, "fe80::1", &six.sin6_addr);
  assert(getnameinfo((struct sockaddr *)&six, sizeof six, host, sizeof host, NULL, 0, NI_NUMERICHOST) == 0);
  assert(!strcmp(host, six.sin6_scope_id ? "fe80::1%lo" : "fe80::1"));
  six.sin6_scope_id = 54321;
  assert(getnameinfo((struct sockaddr *)&six, sizeof six, host, sizeof host, NULL, 0, NI_NUMERICHOST) == 0);
  assert(!strcmp(host, "fe80::1%54321"));
  inet_pton(AF_INET6, "2001:db8::1", &six.sin6_addr);
  six.sin6_scope_id = 1;
  assert(getnameinfo((struct sockaddr *)&six, sizeof six, host, sizeof host, NULL, 0, NI_NUMERICHOST) == 0);
  assert(!strcmp(host, "2001:db8::1%1"));

  /* Ports as strtoul reads them. */
  hints.ai_family = AF_INET;
  assert(getaddrinfo("192.0.2.7", " +80", &hints, &list) == 0);
  assert(((struct sockaddr_in *)list->ai_addr)->sin_port == htons(80));
  freeaddrinfo(list);

  assert(getaddrinfo("not numeric", "1", &hints, &list) == EAI_NONAME);
  assert(getaddrinfo("192.0.2.7", "http", &hints, &list) == EAI_NONAME);
  assert(getaddrinfo(NULL, NULL, &hints, &list) == EAI_NONAME);
  hints.ai_family = 12345;
  assert(getaddrinfo("192.0.2.7", "1", &hints, &list) == EAI_FAMILY);
  assert(strlen(gai_strerror(EAI_NONAME)) > 0);
  puts("errors: ok");
  return 0;
}
