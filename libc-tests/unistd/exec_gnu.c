/* expect: not-musl it has no execveat */
/* execvpe looks along PATH and gives the environment; execveat starts from a directory or a descriptor. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
#define FAILS(E, C) (errno = 0, CHECK((C) == -1 && errno == E))
static int failed;

static int ends_with(pid_t child) {
  int status = -1;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int main(int argc, char **argv) {
  if (argc > 1) return getenv("MARK") && !strcmp(getenv("MARK"), "set") && !getenv("PATH") ? atoi(argv[1]) : 99;
  char *args[] = {"program", "17", NULL}, *env[] = {"MARK=set", NULL};
  char self[4096], folder[4096];
  ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
  CHECK(n > 0);
  self[n > 0 ? n : 0] = 0;
  strcpy(folder, self);
  char *name = strrchr(folder, '/');
  *name++ = 0;
  char path[5000];
  sprintf(path, "/nowhere:%s", folder);
  setenv("PATH", path, 1);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    execvpe(name, args, env);
    _exit(98);
  }
  CHECK(ends_with(child) == 17);
  FAILS(ENOENT, execvpe("no-such-program", args, env));
  FAILS(ENOENT, execvpe("", args, env));
  int directory = open(folder, O_RDONLY | O_DIRECTORY), file = open(self, O_RDONLY);
  child = fork();
  if (child == 0) {
    execveat(directory, name, args, env, 0);
    _exit(98);
  }
  CHECK(ends_with(child) == 17);
  child = fork();
  if (child == 0) {
    execveat(file, "", args, env, AT_EMPTY_PATH);
    _exit(98);
  }
  CHECK(ends_with(child) == 17);
  FAILS(ENOENT, execveat(directory, "no-such-program", args, env, 0));
  FAILS(EBADF, execveat(-1, name, args, env, 0));
  FAILS(EINVAL, execveat(directory, name, args, env, 1 << 20));
  CHECK(symlink(self, "link") == 0);
  FAILS(ELOOP, execveat(AT_FDCWD, "link", args, env, AT_SYMLINK_NOFOLLOW));
  fclose(fopen("plain", "w"));
  FAILS(EACCES, execveat(AT_FDCWD, "plain", args, env, 0));
  return failed;
}
