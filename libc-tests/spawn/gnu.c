/* expect: not-musl it has neither action */
/* Actions of posix_spawn that glibc adds: all descriptors from one on are closed, the terminal is given to the child. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static int failed;
extern char **environ;

static int run(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes, char *task) {
  char *argv[] = {"program", task, NULL};
  pid_t child;
  int status = -1, error = posix_spawn(&child, "/proc/self/exe", actions, attributes, argv, environ);
  if (error) return -error;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

int main(int argc, char **argv) {
  if (argc > 1 && !strcmp(argv[1], "descriptors")) {
    int open = 0;
    for (int fd = 3; fd < 64; fd++) open += fcntl(fd, F_GETFD) != -1;
    return open;
  }
  if (argc > 1) return tcgetpgrp(0) == getpid() && getpgrp() == getpid() ? 21 : 22;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  for (int fd = 10; fd < 14; fd++) CHECK(dup2(1, fd) == fd);
  CHECK(posix_spawn_file_actions_init(&actions) == 0 && run(&actions, NULL, "descriptors") == 4);
  CHECK(posix_spawn_file_actions_addclosefrom_np(&actions, -1) == EBADF);
  CHECK(posix_spawn_file_actions_addclosefrom_np(&actions, 12) == 0 && run(&actions, NULL, "descriptors") == 2);
  CHECK(posix_spawn_file_actions_addclosefrom_np(&actions, 3) == 0 && run(&actions, NULL, "descriptors") == 0);
  CHECK(posix_spawn_file_actions_destroy(&actions) == 0);
  fflush(stdout);
  int master, status;
  char text[64];
  pid_t child = forkpty(&master, NULL, NULL, NULL);
  if (child == 0) {
    if (posix_spawn_file_actions_init(&actions) || posix_spawnattr_init(&attributes)) _exit(1);
    if (posix_spawn_file_actions_addtcsetpgrp_np(&actions, -1) != EBADF) _exit(2);
    if (posix_spawn_file_actions_addtcsetpgrp_np(&actions, 0) != 0) _exit(3);
    if (posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP) || posix_spawnattr_setpgroup(&attributes, 0)) _exit(4);
    _exit(run(&actions, &attributes, "terminal"));
  }
  CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
  printf("%d\n", WEXITSTATUS(status));
  return failed;
}
