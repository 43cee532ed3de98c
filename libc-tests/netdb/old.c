/* expect: shared-glibc looks names up in libraries that it loads
   expect: not-musl its texts of errors are others */
/* gethostbyname and its relatives, of addresses and of this machine's own name. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <resolv.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static int is(const struct hostent *h, int family, const char *address) {
  char text[INET6_ADDRSTRLEN];
  return h && h->h_addrtype == family && h->h_length == (family == AF_INET ? 4 : 16) && h->h_addr_list[0] && !h->h_addr_list[1] && h->h_name &&
         !strcmp(inet_ntop(family, h->h_addr_list[0], text, sizeof text), address);
}

static void *other(void *unused) {
  h_errno = NO_DATA;
  return unused;
}

int main(void) {
  int failed = 0, error = -1;
  struct hostent room, *found;
  char buffer[2048], small[4];
  CHECK(is(gethostbyname("127.0.0.1"), AF_INET, "127.0.0.1") && is(gethostbyname2("10.2.3.4", AF_INET), AF_INET, "10.2.3.4"));
  CHECK(is(gethostbyname2("fe80::1", AF_INET6), AF_INET6, "fe80::1"));
  CHECK(gethostbyname_r("1.2.3.4", &room, buffer, sizeof buffer, &found, &error) == 0 && found == &room && is(found, AF_INET, "1.2.3.4"));
  CHECK(gethostbyname_r("1.2.3.4", &room, small, sizeof small, &found, &error) == ERANGE && found == NULL);
  CHECK(gethostbyname2_r("::2", AF_INET6, &room, buffer, sizeof buffer, &found, &error) == 0 && found == &room && is(found, AF_INET6, "::2"));
  CHECK(gethostbyname2_r("5.6.7.8", AF_INET, &room, small, sizeof small, &found, &error) == ERANGE && found == NULL);
  /* The loopback has its name from the file of hosts. */
  struct in_addr loopback = {htonl(INADDR_LOOPBACK)};
  if (access("/etc/hosts", R_OK) == 0) {
    found = gethostbyaddr(&loopback, sizeof loopback, AF_INET);
    CHECK(is(found, AF_INET, "127.0.0.1") && !strcmp(found->h_name, "localhost"));
    CHECK(gethostbyaddr_r(&loopback, sizeof loopback, AF_INET, &room, buffer, sizeof buffer, &found, &error) == 0 && found == &room && is(found, AF_INET, "127.0.0.1") && !strcmp(found->h_name, "localhost"));
    CHECK(gethostbyaddr_r(&loopback, sizeof loopback, AF_INET, &room, small, sizeof small, &found, &error) == ERANGE && found == NULL);
    CHECK(gethostbyname("localhost") != NULL);
  }
  dup2(1, 2);
  printf("%s|%s|%s|%s\n", hstrerror(HOST_NOT_FOUND), hstrerror(TRY_AGAIN), hstrerror(NO_RECOVERY), hstrerror(NO_DATA));
  fflush(stdout);
  /* Each thread has its own. */
  pthread_t thread;
  h_errno = HOST_NOT_FOUND;
  CHECK(pthread_create(&thread, NULL, other, NULL) == 0 && pthread_join(thread, NULL) == 0 && h_errno == HOST_NOT_FOUND);
  herror("name");
  CHECK(res_init() == 0);
  return failed;
}
