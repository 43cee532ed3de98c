/* expect: signal 6
   expect: not-musl this version leaves a blocked SIGABRT pending and skips its handler
   abort ends the process although SIGABRT is blocked and has a handler. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static void handler(int signal) {
  printf("handler %d\n", signal == SIGABRT);
  fflush(stdout);
}

int main(void) {
  sigset_t set;
  signal(SIGABRT, handler);
  sigemptyset(&set);
  sigaddset(&set, SIGABRT);
  sigprocmask(SIG_BLOCK, &set, 0);
  abort();
}
