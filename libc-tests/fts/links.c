/* expect: not-musl it has no fts */
/* fts and symbolic links: one that is not examined is no link yet, and one that is followed by hand where the walk starts is
 * where it stays with FTS_XDEV. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int by_name(const FTSENT **a, const FTSENT **b) { return strcmp((*a)->fts_name, (*b)->fts_name); }

static int walk(char *start, int options, int follow) {
  char *starts[] = {start, NULL};
  FTS *tree = fts_open(starts, options, by_name);
  if (!tree) return 1;
  for (FTSENT *entry; (entry = fts_read(tree));) {
    printf("%s:%d ", entry->fts_path, entry->fts_info);
    if (follow && entry->fts_info == FTS_SL) fts_set(tree, entry, FTS_FOLLOW);
  }
  printf("\n");
  return fts_close(tree);
}

int main(void) {
  if (mkdir("tree", 0700) || mkdir("tree/d", 0700) || symlink("tree", "start") || symlink("d", "tree/link")) return 2;
  close(open("tree/f", O_CREAT | O_WRONLY, 0600));
  close(open("tree/d/g", O_CREAT | O_WRONLY, 0600));
  int failed = walk("tree", FTS_PHYSICAL | FTS_NOSTAT, 0);
  failed |= walk("tree", FTS_PHYSICAL | FTS_NOSTAT | FTS_NOCHDIR, 1);
  failed |= walk("tree", FTS_PHYSICAL | FTS_XDEV, 1);
  failed |= walk("start", FTS_PHYSICAL | FTS_XDEV | FTS_NOCHDIR, 1);
  failed |= walk("start", FTS_PHYSICAL | FTS_XDEV, 0);
  failed |= walk("start", FTS_PHYSICAL | FTS_XDEV | FTS_COMFOLLOW, 0);
  return failed;
}
