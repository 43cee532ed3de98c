/* posix_spawn: status, file actions, attributes, and errors of the child seen by the parent. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int run(char **argv, posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes)
{
  pid_t child;
  int status;
  assert(posix_spawn(&child, "/proc/self/exe", actions, attributes, argv, environ) == 0);
  assert(waitpid(child, &status, 0) == child && WIFEXITED(status));
  return WEXITSTATUS(status);
}

static void ignore_nothing(int sig)
{
  (void)sig;
}

int main(int argc, char **argv)
{
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  struct sigaction old;
  sigset_t set;
  pid_t child;
  short flags;
  char buf[16];
  int p[2];

  if (argc == 2 && strcmp(argv[1], "write") == 0)
    return write(1, "written", 7) == 7 && write(p[0] = 33, "", 0) == -1 ? 3 : 1;
  if (argc == 2 && strcmp(argv[1], "signals") == 0) {
    sigprocmask(SIG_BLOCK, NULL, &set);
    sigaction(SIGUSR1, NULL, &old);
    return sigismember(&set, SIGUSR2) && old.sa_handler == SIG_DFL && getpgrp() == getpid() ? 4 : 1;
  }
  printf("write: ");
  fflush(stdout);
  char *writer[] = { "x", "write", NULL }, *signals[] = { "x", "signals", NULL };
  assert(pipe(p) == 0 && dup2(p[1], 33) == 33);
  assert(posix_spawn_file_actions_init(&actions) == 0);
  assert(posix_spawn_file_actions_adddup2(&actions, p[1], 1) == 0);
  assert(posix_spawn_file_actions_addclose(&actions, 33) == 0);
  assert(posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0) == 0);
  assert(posix_spawn_file_actions_addclose(&actions, -1) == EBADF);
  printf("%d\n", run(writer, &actions, NULL));
  assert(read(p[0], buf, sizeof buf) == 7 && memcmp(buf, "written", 7) == 0);

  signal(SIGUSR1, ignore_nothing);
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  assert(posix_spawnattr_init(&attributes) == 0);
  assert(posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP) == 0);
  assert(posix_spawnattr_getflags(&attributes, &flags) == 0 && flags == (POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP));
  assert(posix_spawnattr_setsigmask(&attributes, &set) == 0 && posix_spawnattr_setpgroup(&attributes, 0) == 0);
  printf("attributes: %d\n", run(signals, NULL, &attributes));

  assert(posix_spawn(&child, "/no/such/program", NULL, NULL, writer, environ) == ENOENT);
  assert(posix_spawnp(&child, "no-such-program-anywhere", NULL, NULL, writer, environ) == ENOENT);
  assert(posix_spawn_file_actions_adddup2(&actions, 77, 1) == 0);
  assert(posix_spawn(&child, "/proc/self/exe", &actions, NULL, writer, environ) == EBADF);
  errno = 0;
  assert(waitpid(-1, NULL, 0) == -1 && errno == ECHILD);
  assert(posix_spawn_file_actions_destroy(&actions) == 0 && posix_spawnattr_destroy(&attributes) == 0);
  puts("errors: ok");
  return 0;
}
