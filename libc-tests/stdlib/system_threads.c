/* system in two threads at a time, and cancelled: the actions of the signals come back, no command is left.
   expect: not-musl the second call restores what the first one set, and a cancelled one restores nothing */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

static int failed, started;

static void *run(void *command) {
  int status = system(command);
  return (void *)(intptr_t)(WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

/* Starts a command and waits until it runs. */
static pthread_t start(const char *command) {
  pthread_t thread;
  char byte;
  CHECK(pthread_create(&thread, NULL, run, (void *)command) == 0);
  CHECK(read(started, &byte, 1) == 1);
  return thread;
}

static void end(const char *fifo, pthread_t thread, intptr_t status) {
  void *result;
  close(open(fifo, O_WRONLY));
  CHECK(pthread_join(thread, &result) == 0 && result == (void *)status);
}

static int is(int signal, void (*handler)(int)) {
  struct sigaction action;
  return sigaction(signal, NULL, &action) == 0 && action.sa_handler == handler;
}

static void mine(int signal) {}

int main(void) {
  void *result;
  CHECK(mkfifo("started", 0600) == 0 && mkfifo("a", 0600) == 0 && mkfifo("b", 0600) == 0);
  /* Also for writing, so that it never ends. */
  started = open("started", O_RDWR | O_CLOEXEC);
  signal(SIGQUIT, mine);
  pthread_t a = start("echo > started; read x < a; exit 3");
  CHECK(is(SIGINT, SIG_IGN) && is(SIGQUIT, SIG_IGN));
  pthread_t b = start("echo > started; read x < b; exit 4");
  end("a", a, 3);
  CHECK(is(SIGINT, SIG_IGN) && is(SIGQUIT, SIG_IGN));
  end("b", b, 4);
  CHECK(is(SIGINT, SIG_DFL) && is(SIGQUIT, mine));
  /* The command of a second call gets the actions of before the first one. */
  a = start("echo > started; read x < a; exit 5");
  CHECK(WTERMSIG(system("kill -2 $$; exit 6")) == SIGINT);
  end("a", a, 5);
  a = start("echo > started; read x < a");
  CHECK(pthread_cancel(a) == 0 && pthread_join(a, &result) == 0 && result == PTHREAD_CANCELED);
  CHECK(is(SIGINT, SIG_DFL) && is(SIGQUIT, mine));
  CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
  CHECK(WEXITSTATUS(system("exit 7")) == 7 && is(SIGINT, SIG_DFL));
  return failed;
}
