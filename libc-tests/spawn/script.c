/* posix_spawnp does not give a file without #! to a shell; descriptors that the process cannot have.
   expect: not-musl it does not check the descriptors */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int main(void) {
  int failed = 0, file = open("script", O_CREAT | O_TRUNC | O_WRONLY, 0755);
  char *argv[] = {"script", 0};
  pid_t child;
  write(file, "echo ran\n", 9);
  close(file);
  setenv("PATH", ".", 1);
  for (int search = 0; search < 2; search++) {
    int error = search ? posix_spawnp(&child, "script", 0, 0, argv, environ) : posix_spawn(&child, "./script", 0, 0, argv, environ);
    if (error == 0) waitpid(child, 0, 0);
    printf("%s\n", error == ENOEXEC ? "ENOEXEC" : error ? "another error" : "started");
    failed |= error != ENOEXEC;
  }
  unlink("script");

  struct rlimit limit;
  posix_spawn_file_actions_t actions;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = 100;
  setrlimit(RLIMIT_NOFILE, &limit);
  posix_spawn_file_actions_init(&actions);
  int errors[] = {
      posix_spawn_file_actions_addclose(&actions, 100),      posix_spawn_file_actions_adddup2(&actions, 1, 100),
      posix_spawn_file_actions_addopen(&actions, 100, "x", 0, 0), posix_spawn_file_actions_addclose(&actions, -1),
      posix_spawn_file_actions_adddup2(&actions, 100, 1),
  };
  for (int i = 0; i < 5; i++) {
    printf("%s\n", errors[i] == EBADF ? "EBADF" : "taken");
    failed |= errors[i] != EBADF;
  }
  failed |= posix_spawn_file_actions_addclose(&actions, 99);
  posix_spawn_file_actions_destroy(&actions);
  return failed;
}
