/* expect: not-musl it takes no notice of FTW_CHDIR and stops without an error where descriptors run out */
/* nftw: the working directory with FTW_CHDIR, and a tree that is deeper than there are descriptors. */
#define _GNU_SOURCE
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static int failed, seen;
static char top[4096];

/* The name alone leads to the file. */
static int by_name(const char *path, const struct stat *status, int kind, struct FTW *place) {
  struct stat found;
  int is = lstat(path + place->base, &found) == 0 && found.st_ino == status->st_ino && found.st_dev == status->st_dev;
#ifdef __GLIBC__
  /* glibc stays in a directory until it has been reported. */
  if (kind == FTW_DP) is = lstat(".", &found) == 0 && found.st_ino == status->st_ino;
#endif
  if (!is) printf("%s, kind %d: not there\n", path, kind), failed = 1;
  seen++;
  return 0;
}

static int count(const char *path, const struct stat *status, int kind, struct FTW *place) {
  seen += kind == FTW_D || kind == FTW_DP || kind == FTW_F;
  return 0;
}

static int removed(const char *path, const struct stat *status, int kind, struct FTW *place) { return remove(path); }

static void walk(const char *start) {
  char now[4096];
  seen = 0;
  CHECK(nftw(start, by_name, 10, FTW_PHYS | FTW_CHDIR) == 0);
  CHECK(nftw(start, by_name, 10, FTW_PHYS | FTW_CHDIR | FTW_DEPTH) == 0);
  CHECK(nftw(start, by_name, 1, FTW_PHYS | FTW_CHDIR | FTW_DEPTH) == 0);
  CHECK(getcwd(now, sizeof now) && !strcmp(now, top));
  printf("%d files\n", seen);
}

int main(void) {
  static const char *const folders[] = {"a", "a/b", "a/b/c", "a/b/d", "a/b/d/e", "a/g", "a/h"};
  static const char *const files[] = {"a/b/c/f", "a/b/i", "a/g/j", "a/h/j", "a/z"};
  char absolute[5000];
  for (unsigned i = 0; i < sizeof folders / sizeof *folders; i++) CHECK(mkdir(folders[i], 0700) == 0);
  for (unsigned i = 0; i < sizeof files / sizeof *files; i++) {
    FILE *file = fopen(files[i], "w");
    CHECK(file && fclose(file) == 0);
  }
  CHECK(getcwd(top, sizeof top) != NULL);
  snprintf(absolute, sizeof absolute, "%s/a/b", top);
  walk("a");
  walk("a/b");
  walk("./a/b/");
  walk(absolute);
  walk("a/z");

  for (int i = 0; i < 100; i++) CHECK(mkdir("x", 0700) == 0 && chdir("x") == 0);
  CHECK(chdir(top) == 0);
  struct rlimit few = {32, 32};
  CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
  for (int descriptors = 1; descriptors < 8; descriptors += 2) {
    seen = 0;
    CHECK(nftw("x", count, descriptors, FTW_PHYS) == 0 && seen == 100);
    seen = 0;
    CHECK(nftw("x", count, descriptors, FTW_PHYS | FTW_DEPTH) == 0 && seen == 100);
  }
  CHECK(nftw("x", removed, 5, FTW_PHYS | FTW_DEPTH) == 0 && access("x", F_OK) != 0);
  CHECK(nftw("a", removed, 2, FTW_PHYS | FTW_DEPTH) == 0 && access("a", F_OK) != 0);
  return failed;
}
