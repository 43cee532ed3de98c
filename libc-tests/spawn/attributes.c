/* Attributes of posix_spawn, set, got and obeyed, and the actions on directories. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
extern char **environ;

int main(int argc, char **argv) {
  int failed = 0;
  short flags;
  pid_t group;
  sigset_t set, got;
  struct sched_param p = {7};
  int policy;
  posix_spawnattr_t a;
  CHECK(posix_spawnattr_init(&a) == 0 && posix_spawnattr_getflags(&a, &flags) == 0 && flags == 0);
  CHECK(posix_spawnattr_getpgroup(&a, &group) == 0 && group == 0);
  CHECK(posix_spawnattr_setpgroup(&a, 1234) == 0 && posix_spawnattr_getpgroup(&a, &group) == 0 && group == 1234);
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  CHECK(posix_spawnattr_setsigmask(&a, &set) == 0 && posix_spawnattr_getsigmask(&a, &got) == 0 && sigismember(&got, SIGUSR2) && !sigismember(&got, SIGUSR1));
  sigaddset(&set, SIGUSR1);
  CHECK(posix_spawnattr_setsigdefault(&a, &set) == 0 && posix_spawnattr_getsigdefault(&a, &got) == 0 && sigismember(&got, SIGUSR1));
#ifdef __GLIBC__
  CHECK(posix_spawnattr_setschedparam(&a, &p) == 0 && (p.sched_priority = 0, posix_spawnattr_getschedparam(&a, &p)) == 0 && p.sched_priority == 7);
  CHECK(posix_spawnattr_setschedpolicy(&a, SCHED_FIFO) == 0 && posix_spawnattr_getschedpolicy(&a, &policy) == 0 && policy == SCHED_FIFO);
#endif
  CHECK(posix_spawnattr_setflags(&a, 0x4000) == EINVAL);
  CHECK(posix_spawnattr_setflags(&a, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP) == 0);
  CHECK(posix_spawnattr_setpgroup(&a, 0) == 0);
  /* The child tells what it got: USR2 blocked, USR1 at its default, a group of its own, a directory to be in. */
  signal(SIGUSR1, SIG_IGN);
  mkdir("below", 0700);
  posix_spawn_file_actions_t f;
  posix_spawn_file_actions_init(&f);
  CHECK(posix_spawn_file_actions_addchdir_np(&f, "below") == 0);
  CHECK(posix_spawn_file_actions_addopen(&f, 1, "output", O_WRONLY | O_CREAT, 0600) == 0);
  char *const shell[] = {"sh", "-c", "kill -USR2 $$; echo alive; kill -USR1 $$; echo not reached", NULL};
  pid_t child;
  int status;
  CHECK(posix_spawn(&child, "/bin/sh", &f, &a, shell, environ) == 0);
  CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGUSR1);
  char text[32] = "";
  int fd = open("below/output", O_RDONLY);
  CHECK(fd >= 0 && read(fd, text, 31) == 6 && !strcmp(text, "alive\n"));
  close(fd);
  posix_spawn_file_actions_destroy(&f);
  /* By descriptor. */
  posix_spawn_file_actions_init(&f);
  int dir = open("below", O_RDONLY | O_DIRECTORY);
  CHECK(posix_spawn_file_actions_addfchdir_np(&f, dir) == 0);
  char *const look[] = {"sh", "-c", "test -f output", NULL};
  CHECK(posix_spawn(&child, "/bin/sh", &f, NULL, look, environ) == 0 && waitpid(child, &status, 0) == child && status == 0);
  posix_spawn_file_actions_destroy(&f);
  CHECK(posix_spawnattr_destroy(&a) == 0);
  CHECK(posix_spawn(&child, "/no/such/program", NULL, NULL, look, environ) == ENOENT);
  return failed;
}
