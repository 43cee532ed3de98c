/* nftw: kinds, levels, order and early ends. */
#define _XOPEN_SOURCE 700
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int directories, files, links, deepest;

static int count(const char *path, const struct stat *status, int kind, struct FTW *place)
{
  (void)status;
  assert(strchr(path + place->base, '/') == NULL);
  directories += kind == FTW_D || kind == FTW_DP;
  files += kind == FTW_F;
  links += kind == FTW_SL;
  if (place->level > deepest)
    deepest = place->level;
  return 0;
}

static int removing(const char *path, const struct stat *status, int kind, struct FTW *place)
{
  (void)status;
  (void)kind;
  (void)place;
  return remove(path);
}

static int stop(const char *path, const struct stat *status, int kind, struct FTW *place)
{
  (void)path;
  (void)status;
  (void)kind;
  (void)place;
  return 7;
}

int main(void)
{
  char root[] = "/tmp/tlibc-ftw-XXXXXX";
  assert(mkdtemp(root) == root && chdir(root) == 0);
  assert(mkdir("a", 0700) == 0 && mkdir("a/b", 0700) == 0 && mkdir("c", 0700) == 0);
  assert(close(open("a/b/f", O_CREAT | O_WRONLY, 0600)) == 0 && symlink("a", "l") == 0);
  assert(chdir("/") == 0);
  assert(nftw(root, count, 8, FTW_PHYS) == 0);
  printf("%d directories, %d files, %d links, depth %d\n", directories, files, links, deepest);
  assert(nftw(root, stop, 8, 0) == 7);
  assert(nftw(root, removing, 8, FTW_PHYS | FTW_DEPTH) == 0);
  errno = 0;
  assert(nftw(root, count, 8, 0) == -1 && errno == ENOENT);
  puts("removed");
  return 0;
}
