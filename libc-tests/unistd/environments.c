/* expect: not-musl has other strings and models */
/* The programming models by name: what the macros, sysconf and confstr say of them agrees. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
#define MODELS(X, V) X(V##_ILP32_OFF32) X(V##_ILP32_OFFBIG) X(V##_LP64_OFF64) X(V##_LPBIG_OFFBIG)
#define ASK(M) printf("%s: %ld\n", #M, sysconf(_SC_##M));
#define SHOW(M) show("_CS_" #M "_CFLAGS", _CS_##M##_CFLAGS), show("_CS_" #M "_LDFLAGS", _CS_##M##_LDFLAGS), show("_CS_" #M "_LIBS", _CS_##M##_LIBS);

static void show(const char *name, int number) {
  char text[200] = "none";
  size_t length = confstr(number, text, sizeof text);
  printf("%s: %zu %s\n", name, length, text);
}

int main(void) {
  int failed = 0;
  MODELS(ASK, XBS5) MODELS(ASK, V6) MODELS(ASK, V7)
  MODELS(SHOW, XBS5) MODELS(SHOW, POSIX_V6) MODELS(SHOW, POSIX_V7)
  show("_CS_V6_ENV", _CS_V6_ENV), show("_CS_V7_ENV", _CS_V7_ENV);
  show("_CS_V7_WIDTH_RESTRICTED_ENVS", _CS_V7_WIDTH_RESTRICTED_ENVS), show("_CS_LFS_CFLAGS", _CS_LFS_CFLAGS);
  CHECK(_POSIX_V7_LP64_OFF64 == 1 && sysconf(_SC_V7_LP64_OFF64) == 1 && _POSIX_V6_LP64_OFF64 == 1 && _XBS5_LP64_OFF64 == 1);
  CHECK(_POSIX_V7_LPBIG_OFFBIG == -1 && _POSIX_IPV6 >= 200112L && _POSIX2_C_VERSION == sysconf(_SC_2_C_VERSION));
  /* Scopes of IPv6 multicast. */
  static const char *const scopes[] = {"ff01::1", "ff02::1", "ff05::1", "ff08::1", "ff0e::1", "fe80::2"};
  for (int i = 0; i < 6; i++) {
    struct in6_addr a;
    inet_pton(AF_INET6, scopes[i], &a);
    printf("%s %d%d%d%d%d\n", scopes[i], !!IN6_IS_ADDR_MC_NODELOCAL(&a), !!IN6_IS_ADDR_MC_LINKLOCAL(&a), !!IN6_IS_ADDR_MC_SITELOCAL(&a),
           !!IN6_IS_ADDR_MC_ORGLOCAL(&a), !!IN6_IS_ADDR_MC_GLOBAL(&a));
  }
  return failed;
}
