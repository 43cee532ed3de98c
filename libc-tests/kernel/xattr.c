/* Extended attributes. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

/* The names of a list in order of the alphabet. */
static void show(const char *what, const char *list, ssize_t length)
{
  const char *names[20];
  int count = 0;
  for (const char *at = list; at < list + length; at += strlen(at) + 1)
    if (strncmp(at, "security.", 9))
      names[count++] = at;
  printf("%s:", what);
  for (int i = 0; i < count; i++) {
    int least = i;
    for (int j = i + 1; j < count; j++)
      if (strcmp(names[j], names[least]) < 0)
        least = j;
    const char *name = names[least];
    names[least] = names[i];
    names[i] = name;
    printf(" %s", name);
  }
  puts("");
}

int main(void)
{
  static char large[70000];
  char value[100], list[1000], longname[300] = "user.";
  int fd = open("f", O_CREAT | O_RDWR, 0600);
  setvbuf(stdout, NULL, _IOLBF, 0);
  assert(chmod(".", 0777) == 0 && symlink("f", "link") == 0 && mkdir("d", 01777) == 0 && chmod("d", 01777) == 0);
  assert(setxattr("f", "user.a", "one", 3, 0) == 0 && getxattr("link", "user.a", value, 100) == 3 && !memcmp(value, "one", 3));
  assert(getxattr("f", "user.a", NULL, 0) == 3 && getxattr("f", "user.a", value, 2) == -1 && errno == ERANGE);
  assert(getxattr("f", "user.none", value, 100) == -1 && errno == ENODATA);
  assert(setxattr("f", "user.a", "x", 1, XATTR_CREATE) == -1 && errno == EEXIST);
  assert(setxattr("f", "user.b", "x", 1, XATTR_REPLACE) == -1 && errno == ENODATA);
  assert(fsetxattr(fd, "user.a", "two!", 4, XATTR_REPLACE) == 0 && fgetxattr(fd, "user.a", value, 4) == 4);
  assert(setxattr("f", "user.b", "", 0, 0) == 0 && getxattr("f", "user.b", value, 100) == 0);
  assert(setxattr("f", "user.a", "x", 1, 4) == -1 && errno == EINVAL);
  assert(setxattr("f", "user.", "x", 1, 0) == -1 && errno == EINVAL);
  assert(setxattr("f", "", "x", 1, 0) == -1 && errno == ERANGE);
  assert(setxattr("f", "other.a", "x", 1, 0) == -1 && errno == EOPNOTSUPP);
  assert(setxattr("none", "user.a", "x", 1, 0) == -1 && errno == ENOENT);
  assert(setxattr("f", "user.big", large, sizeof large, 0) == -1 && errno == E2BIG);
  memset(longname + 5, 'n', 251);
  assert(setxattr("f", longname, "x", 1, 0) == -1 && errno == ERANGE);
  longname[255] = 0;
  assert(setxattr("f", longname, "x", 1, 0) == 0 && removexattr("f", longname) == 0);
  assert(removexattr("f", longname) == -1 && errno == ENODATA);
  assert(setxattr("f", "trusted.t", "root's", 6, 0) == 0);
  show("all", list, listxattr("f", list, sizeof list));
  ssize_t whole = flistxattr(fd, NULL, 0);
  assert(whole > 20 && listxattr("f", list, whole - 1) == -1 && errno == ERANGE);
  /* Links carry none for users, and are not followed. */
  assert(lsetxattr("link", "user.a", "x", 1, 0) == -1 && errno == EPERM);
  assert(lgetxattr("link", "user.a", value, 100) == -1 && errno == ENODATA);
  assert(lsetxattr("link", "trusted.l", "x", 1, 0) == 0 && lremovexattr("link", "trusted.l") == 0);
  int path = open("f", O_PATH);
  assert(fgetxattr(path, "user.a", value, 100) == -1 && errno == EBADF);
  close(path);
  struct stat before, after;
  assert(stat("f", &before) == 0);
  usleep(20000);
  assert(setxattr("f", "user.a", "1", 1, 0) == 0 && stat("f", &after) == 0);
  printf("ctime changed: %d, mtime: %d\n", memcmp(&before.st_ctim, &after.st_ctim, sizeof before.st_ctim) != 0,
         memcmp(&before.st_mtim, &after.st_mtim, sizeof before.st_mtim) != 0);
  pid_t child = fork();
  if (child == 0) {
    assert(setgroups(0, NULL) == 0 && setgid(1000) == 0 && setuid(1000) == 0);
    assert(getxattr("f", "user.a", value, 100) == -1 && errno == EACCES);
    assert(getxattr("f", "trusted.t", value, 100) == -1 && errno == ENODATA);
    assert(setxattr("f", "trusted.t", "x", 1, 0) == -1 && errno == EPERM);
    assert(setxattr("d", "user.x", "x", 1, 0) == -1 && errno == EPERM);
    show("user's", list, listxattr("f", list, sizeof list));
    _exit(0);
  }
  int status;
  assert(waitpid(child, &status, 0) == child && status == 0);
  /* What the attributes are part of goes with them. */
  assert(rename("f", "g") == 0 && getxattr("g", "user.a", value, 100) == 1 && unlink("g") == 0);
  assert(fgetxattr(fd, "user.a", value, 100) == 1);
  int pipes[2];
  assert(pipe(pipes) == 0 && fsetxattr(pipes[0], "user.a", "x", 1, 0) == -1);
  puts("ok");
  return 0;
}
