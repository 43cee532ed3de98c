/* fts: the order of a walk, links, what the program may say about a file, and errors. */
/* expect: not-musl upstream it has no fts, and the one that Debian adds aborts for a start that is a link */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const kinds[] = {"?", "D", "DC", "DEFAULT", "DNR", "DOT", "DP", "ERR", "F", "INIT", "NS", "NSOK", "SL", "SLNONE"};

static int by_name(const FTSENT **one, const FTSENT **two) { return strcmp((*one)->fts_name, (*two)->fts_name); }

static int against_name(const FTSENT **one, const FTSENT **two) { return by_name(two, one); }

static void show(const FTSENT *file) {
  printf("  %s %d %s '%s' %d", kinds[file->fts_info], file->fts_level, file->fts_path, file->fts_name, file->fts_errno);
  if (file->fts_info == FTS_F) printf(" %ld", (long)file->fts_statp->st_size);
  if (file->fts_info == FTS_DC) printf(" as %s", file->fts_cycle->fts_name);
  if (strlen(file->fts_path) != file->fts_pathlen || strlen(file->fts_name) != file->fts_namelen) printf(" wrong length");
  printf("\n");
}

static void walk(const char *title, int options, int (*order)(const FTSENT **, const FTSENT **), char *const *paths) {
  printf("%s\n", title);
  FTS *tree = fts_open(paths, options, order);
  if (!tree) {
    printf("  no walk: %s\n", errno == EINVAL ? "EINVAL" : errno == ENOENT ? "ENOENT" : "another error");
    return;
  }
  FTSENT *file;
  while ((file = fts_read(tree))) {
    show(file);
    if (!strcmp(file->fts_name, "skipped")) fts_set(tree, file, FTS_SKIP);
  }
  printf("  errno %d, close %d\n", errno, fts_close(tree));
}

int main(void) {
  mkdir("t", 0755);
  mkdir("t/b", 0755);
  mkdir("t/b/skipped", 0755);
  mkdir("t/b/skipped/deep", 0755);
  mkdir("t/empty", 0755);
  for (int i = 0; i < 2; i++) {
    int fd = open(i ? "t/a" : "t/b/f", O_CREAT | O_WRONLY, 0644);
    if (write(fd, "abcd", 4 - i) != 4 - i) return 1;
    close(fd);
  }
  symlink("../b", "t/empty/up");
  symlink("nowhere", "t/z");
  symlink("..", "t/b/around");
  char *const one[] = {"t", 0}, *const two[] = {"t/b/", "absent", "t/z", 0}, *const empty[] = {"", 0};
  char *const link[] = {"t/empty/up", 0}, *const dot[] = {".", 0};
  walk("physical", FTS_PHYSICAL, by_name, one);
  walk("logical, backwards", FTS_LOGICAL, against_name, one);
  walk("starts", FTS_PHYSICAL | FTS_NOCHDIR, by_name, two);
  walk("a link", FTS_PHYSICAL, by_name, link);
  walk("a link that is followed", FTS_PHYSICAL | FTS_COMFOLLOW, by_name, link);
  walk("from here", FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, by_name, dot);
  walk("an empty path", FTS_PHYSICAL, 0, empty);
  walk("no such option", 0x4000 | FTS_PHYSICAL, 0, one);

  printf("children\n");
  FTS *tree = fts_open(one, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
  for (FTSENT *child = fts_children(tree, 0); child; child = child->fts_link) printf("  start %s\n", child->fts_name);
  fts_read(tree);
  for (FTSENT *child = fts_children(tree, 0); child; child = child->fts_link) {
    printf("  %s %s\n", kinds[child->fts_info], child->fts_name);
    if (!strcmp(child->fts_name, "b")) fts_set(tree, child, FTS_SKIP);
  }
  printf("  wrong: %d", fts_children(tree, 5) != 0);
  printf(" %d\n", errno == EINVAL);
  FTSENT *file;
  while ((file = fts_read(tree))) {
    show(file);
    file->fts_number = 7;
    if (file->fts_info == FTS_DP) printf("  parent %ld\n", file->fts_parent->fts_number);
  }
  assert(fts_set(tree, 0, 9) == 1 && errno == EINVAL);
  fts_close(tree);

  printf("names alone\n");
  tree = fts_open(one, FTS_PHYSICAL, by_name);
  fts_read(tree);
  for (FTSENT *child = fts_children(tree, FTS_NAMEONLY); child; child = child->fts_link) printf("  %s\n", child->fts_name);
  while ((file = fts_read(tree)) && file->fts_info != FTS_F)
    ;
  show(file);
  fts_close(tree);

  printf("ended early\n");
  tree = fts_open(one, FTS_PHYSICAL, by_name);
  for (int i = 0; i < 4; i++) file = fts_read(tree);
  show(file);
  fts_set(tree, file, FTS_AGAIN);
  show(fts_read(tree));
  printf("  close %d\n", fts_close(tree));
  return 0;
}
