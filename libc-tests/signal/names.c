/* expect: not-musl psignal writes a colon after an empty text
   Texts and names of signals, and signals to process groups. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static int failed;
static volatile sig_atomic_t got;
static void note(int n) { got = n; }

int main(void) {
  /* psignal and psiginfo write to standard error. */
  fflush(stdout);
  int saved = dup(2), file = open("messages", O_RDWR | O_CREAT | O_TRUNC, 0600);
  dup2(file, 2);
  psignal(SIGTERM, "one");
  psignal(SIGSEGV, "");
  psignal(SIGINT, NULL);
  siginfo_t info = {.si_signo = SIGKILL, .si_code = SI_USER};
  psiginfo(&info, "two");
  fflush(stderr);
  dup2(saved, 2);
  char text[400] = "";
  CHECK(pread(file, text, sizeof text - 1, 0) > 0);
  CHECK(!strncmp(text, "one: Terminated\nSegmentation fault\nInterrupt\ntwo: Killed", 50));
  signal(SIGUSR1, note);
  setpgid(0, 0);
  CHECK(killpg(getpgrp(), SIGUSR1) == 0 && got == SIGUSR1 && killpg(getpgrp(), 0) == 0);
  errno = 0;
  CHECK(killpg(getpgrp(), 999) == -1 && errno == EINVAL);
  pid_t child = fork();
  if (child == 0) {
    setpgid(0, 0);
    pause();
    _exit(1);
  }
  setpgid(child, child);
  int status;
  CHECK(killpg(child, SIGTERM) == 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
  errno = 0;
  CHECK(killpg(child, SIGTERM) == -1 && errno == ESRCH);
  return failed;
}
