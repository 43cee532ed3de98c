/* Working directory, links, renames and the names relative to directories. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
  char root[] = "/tmp/tlibc-dirs-XXXXXX";
  char cwd[256], text[64];
  struct stat a, b;
  char *mine;
  int dir;

  assert(mkdtemp(root) == root && chdir(root) == 0);
  assert(getcwd(cwd, sizeof cwd) == cwd && strcmp(cwd, root) == 0);
  errno = 0;
  assert(getcwd(cwd, 3) == NULL && errno == ERANGE);
  mine = getcwd(NULL, 0);
  assert(mine && strcmp(mine, root) == 0);
  free(mine);
  puts("getcwd: ok");

  assert(mkdir("d", 0700) == 0);
  errno = 0;
  assert(mkdir("d", 0700) == -1 && errno == EEXIST);
  dir = open("d", O_RDONLY | O_DIRECTORY);
  assert(dir >= 0);
  assert(close(openat(dir, "f", O_CREAT | O_WRONLY, 0644)) == 0);
  assert(linkat(dir, "f", dir, "g", 0) == 0);
  assert(fstatat(dir, "f", &a, 0) == 0 && stat("d/g", &b) == 0 && a.st_ino == b.st_ino && a.st_nlink == 2);
  assert(symlink("f", "d/s") == 0 && readlinkat(dir, "s", text, sizeof text) == 1 && text[0] == 'f');
  assert(lstat("d/s", &a) == 0 && S_ISLNK(a.st_mode) && stat("d/s", &a) == 0 && S_ISREG(a.st_mode));
  errno = 0;
  assert(rmdir("d") == -1 && (errno == ENOTEMPTY || errno == EEXIST));
  assert(rename("d/g", "h") == 0 && unlinkat(dir, "f", 0) == 0 && unlinkat(dir, "s", 0) == 0);
  errno = 0;
  assert(faccessat(dir, "f", F_OK, 0) == -1 && errno == ENOENT);
  puts("links: ok");

  assert(fchdir(dir) == 0 && getcwd(cwd, sizeof cwd) && strcmp(cwd + strlen(root), "/d") == 0);
  assert(chdir("..") == 0 && close(dir) == 0 && rmdir("d") == 0 && unlink("h") == 0);
  assert(chdir("/") == 0 && rmdir(root) == 0);
  puts("chdir: ok");
  return 0;
}
