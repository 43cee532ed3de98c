/* fork, the exec family and wait, with this program as the one that is run. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static const char *self;

static int finish(pid_t child)
{
  int status;
  assert(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
  return WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
  char *args[] = { "name", "child", "5", NULL };
  char *env[] = { "SEEN=yes", NULL };
  pid_t child;

  if (argc == 3 && strcmp(argv[1], "child") == 0)
    return strcmp(argv[0], "name") == 0 ? atoi(argv[2]) : 1;
  if (argc == 2 && strcmp(argv[1], "env") == 0)
    return getenv("SEEN") && strcmp(getenv("SEEN"), "yes") == 0 ? 6 : 1;
  self = "/proc/self/exe";

  if ((child = fork()) == 0) {
    execv(self, args);
    _exit(127);
  }
  printf("execv: %d\n", finish(child));
  if ((child = fork()) == 0) {
    execl(self, "name", "child", "7", (char *)NULL);
    _exit(127);
  }
  printf("execl: %d\n", finish(child));
  if ((child = fork()) == 0) {
    execle(self, "name", "env", (char *)NULL, env);
    _exit(127);
  }
  printf("execle: %d\n", finish(child));
  if ((child = vfork()) == 0) {
    execve(self, args, environ);
    _exit(127);
  }
  printf("vfork, execve: %d\n", finish(child));

  errno = 0;
  assert(execv("/no/such/program", args) == -1 && errno == ENOENT);
  errno = 0;
  assert(execvp("no-such-program-anywhere", args) == -1 && errno == ENOENT);
  errno = 0;
  assert(execlp("", "x", (char *)NULL) == -1 && errno == ENOENT);
  errno = 0;
  assert(waitpid(-1, NULL, 0) == -1 && errno == ECHILD);
  puts("errors: ok");
  return 0;
}
