/* expect: not-glibc has the names of POSIX.1-2024 from 2.42 on
   expect: not-musl does not have them
   The actions on directories by their names in the standard. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  char *const look[] = {"sh", "-c", "test -d below && mkdir made", NULL}, *env[] = {"PATH=/bin:/usr/bin", NULL};
  pid_t child;
  int status = -1;
  struct stat st;
  posix_spawn_file_actions_t f;
  mkdir("top", 0700);
  mkdir("top/below", 0700);
  posix_spawn_file_actions_init(&f);
  int dir = open("top", O_RDONLY | O_DIRECTORY);
  printf("%d\n", posix_spawn_file_actions_addfchdir(&f, -1) == EBADF);
  printf("%d\n", posix_spawn_file_actions_addfchdir(&f, dir));
  printf("%d\n", posix_spawn(&child, "/bin/sh", &f, NULL, look, env));
  waitpid(child, &status, 0);
  printf("%d %d\n", status, stat("top/made", &st));
  posix_spawn_file_actions_destroy(&f);
  posix_spawn_file_actions_init(&f);
  rmdir("top/made");
  printf("%d\n", posix_spawn_file_actions_addchdir(&f, "top"));
  printf("%d\n", posix_spawn(&child, "/bin/sh", &f, NULL, look, env));
  waitpid(child, &status, 0);
  printf("%d %d\n", status, stat("top/made", &st));
  return 0;
}
