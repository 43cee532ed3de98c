/* expect: not-glibc has these functions from 2.44 on
   expect: not-musl does not have them
   sig2str and str2sig are each other's inverse. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  char name[SIG2STR_MAX];
  int n, failed = 0;
  for (int s = 1; s <= SIGRTMAX; s++) {
    if (s == 32 || s == 33) continue;
    if (sig2str(s, name) || str2sig(name, &n) || n != s) printf("%d %s %d\n", s, name, n), failed = 1;
  }
  printf("%d %s\n", sig2str(SIGINT, name), name);
  printf("%d %s\n", sig2str(SIGCHLD, name), name);
  printf("%d %s\n", sig2str(SIGRTMIN, name), name);
  printf("%d %s\n", sig2str(SIGRTMIN + 1, name), name);
  printf("%d %s\n", sig2str(SIGRTMAX, name), name);
  printf("%d %d\n", sig2str(-1, name), sig2str(65, name));
  printf("%d %d %d\n", str2sig("NOSUCH", &n), str2sig("", &n), str2sig("SIGINT", &n));
  printf("%d", str2sig("9", &n));
  printf(" %d\n", n);
  return failed;
}
