/* fts: a tree whose paths are longer than PATH_MAX, seen and removed by names that work from where the walk is. */
/* expect: not-musl upstream it has no fts */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
enum { DEPTH = 30 };

int main(void) {
  int failed = 0, files = 0, folders = 0, errors = 0;
  char top[4096], now[4096], name[201];
  char *const starts[] = {"one", "two", NULL};
  CHECK(getcwd(top, sizeof top) != NULL);
  memset(name, 'y', 200), name[200] = 0;
  for (int start = 0; start < 2; start++) {
    CHECK(mkdir(starts[start], 0700) == 0 && chdir(starts[start]) == 0);
    for (int i = 0; i < DEPTH; i++) {
      CHECK(mkdir(name, 0700) == 0 && chdir(name) == 0);
      CHECK(close(open("leaf", O_CREAT | O_WRONLY, 0600)) == 0);
      CHECK(mkdir("side", 0700) == 0 && close(open("side/leaf", O_CREAT | O_WRONLY, 0600)) == 0);
    }
    CHECK(chdir(top) == 0);
  }
  struct stat status;
  FTS *tree = fts_open(starts, FTS_PHYSICAL, NULL);
  FTSENT *file;
  while ((file = fts_read(tree))) {
    if (file->fts_info == FTS_F || file->fts_info == FTS_D)
      CHECK(lstat(file->fts_accpath, &status) == 0 && status.st_ino == file->fts_statp->st_ino);
    if (file->fts_info == FTS_F) CHECK(unlink(file->fts_accpath) == 0), files++;
    else if (file->fts_info == FTS_DP) CHECK(rmdir(file->fts_accpath) == 0), folders++;
    else if (file->fts_info != FTS_D) errors++;
  }
  CHECK(errno == 0 && fts_close(tree) == 0);
  CHECK(getcwd(now, sizeof now) && !strcmp(now, top));
  CHECK(access("one", F_OK) != 0 && access("two", F_OK) != 0);
  printf("%d files, %d folders, %d errors\n", files, folders, errors);

  /* A walk that ends far below leads back. */
  CHECK(mkdir("one", 0700) == 0 && chdir("one") == 0);
  for (int i = 0; i < DEPTH; i++) CHECK(mkdir(name, 0700) == 0 && chdir(name) == 0);
  CHECK(chdir(top) == 0);
  tree = fts_open((char *const[]){"one", NULL}, FTS_PHYSICAL, NULL);
  while ((file = fts_read(tree)) && file->fts_level < DEPTH - 2) continue;
  CHECK(file && file->fts_pathlen > PATH_MAX && fts_close(tree) == 0);
  CHECK(getcwd(now, sizeof now) && !strcmp(now, top));
  tree = fts_open((char *const[]){"one", NULL}, FTS_PHYSICAL, NULL);
  while ((file = fts_read(tree)))
    if (file->fts_info == FTS_DP) CHECK(rmdir(file->fts_accpath) == 0);
  CHECK(fts_close(tree) == 0);
  return failed;
}
