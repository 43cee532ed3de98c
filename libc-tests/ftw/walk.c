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

static int entered, inside;

static int round_and_round(const char *path, const struct stat *status, int kind, struct FTW *place)
{
  (void)status;
  const char *name = path + place->base;
  entered += kind == FTW_D && !strcmp(name, "up");
  inside += strstr(path, "up/") != NULL;
  return 0;
}

#ifndef __GLIBC__ /* which visits no directory twice */
/* POSIX.1-2024 nftw(): a directory that is below itself by a link is reported, what is in it is not; with FTW_DEPTH neither. */
static void loops(const char *root)
{
  assert(nftw(root, round_and_round, 8, 0) == 0 && entered == 2 && inside == 0); /* from a and from l */
  entered = 0;
  assert(nftw(root, round_and_round, 8, FTW_DEPTH) == 0 && entered == 0 && inside == 0);
}
#else
static void loops(const char *root)
{
  assert(nftw(root, round_and_round, 8, 0) == 0 && inside == 0);
}
#endif

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
  assert(chdir(root) == 0 && symlink("..", "a/b/up") == 0 && chdir("/") == 0);
  loops(root);
  assert(nftw(root, removing, 8, FTW_PHYS | FTW_DEPTH) == 0);
  errno = 0;
  assert(nftw(root, count, 8, 0) == -1 && errno == ENOENT);
  puts("removed");
  return 0;
}
