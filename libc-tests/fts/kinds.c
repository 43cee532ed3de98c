/* fts: a walk in order with each kind of file, skipping, following, links, cycles, children and files that are not there. */
/* expect: not-musl does not have fts */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static int failed;

static int by_name(const FTSENT **a, const FTSENT **b) { return strcmp((*a)->fts_name, (*b)->fts_name); }

static const char *kind(int info) {
  static const char *const names[] = {"?", "D", "DC", "DEFAULT", "DNR", "DOT", "DP", "ERR", "F", "INIT", "NS", "NSOK", "SL", "SLNONE", "W"};
  return names[info];
}

static void walk(const char *title, char *const *paths, int options) {
  printf("-- %s\n", title);
  FTS *t = fts_open(paths, options, by_name);
  CHECK(t != NULL);
  for (FTSENT *e; (e = fts_read(t));) {
    printf("%s %s %s %d %d\n", kind(e->fts_info), e->fts_path, e->fts_name, e->fts_level, e->fts_info == FTS_NS || e->fts_info == FTS_DNR ? e->fts_errno : 0);
    CHECK(e->fts_pathlen == strlen(e->fts_path) && e->fts_namelen == strlen(e->fts_name));
    if (e->fts_info == FTS_F) CHECK(e->fts_statp->st_size == 5);
    if (e->fts_info == FTS_DC) CHECK(e->fts_cycle && e->fts_cycle->fts_level < e->fts_level);
    if (e->fts_info == FTS_D && !strcmp(e->fts_name, "skip")) fts_set(t, e, FTS_SKIP);
    if (e->fts_info == FTS_SL && !strcmp(e->fts_name, "link")) fts_set(t, e, FTS_FOLLOW);
    if (e->fts_info == FTS_DP) CHECK(e->fts_number == (e->fts_level > 0 ? 7 : e->fts_number));
    if (e->fts_info == FTS_D) e->fts_number = 7;
    if (e->fts_info == FTS_D && !strcmp(e->fts_name, "kids")) {
      for (FTSENT *k = fts_children(t, 0); k; k = k->fts_link) printf("  child %s %s\n", kind(k->fts_info), k->fts_name);
      for (FTSENT *k = fts_children(t, FTS_NAMEONLY); k; k = k->fts_link) printf("  name %s\n", k->fts_name);
    }
  }
  CHECK(errno == 0);
  CHECK(fts_close(t) == 0);
}

static void file(const char *name) {
  int fd = open(name, O_WRONLY | O_CREAT, 0600);
  write(fd, "12345", 5);
  close(fd);
}

int main(void) {
  mkdir("top", 0700), mkdir("top/a", 0700), mkdir("top/skip", 0700), mkdir("top/kids", 0700), mkdir("top/empty", 0700);
  file("top/a/one"), file("top/skip/hidden"), file("top/kids/x"), file("top/kids/y"), file("single");
  mkfifo("top/pipe", 0600);
  symlink("a", "top/link"), symlink("nowhere", "top/broken"), symlink("..", "top/a/up");
  char *both[] = {"top", "single", NULL}, *slashed[] = {"top/a//", NULL}, *none[] = {"missing", NULL}, *dot[] = {".", NULL};
  walk("physical", both, FTS_PHYSICAL | FTS_NOCHDIR);
  walk("logical", both, FTS_LOGICAL | FTS_NOCHDIR);
  walk("one file system", both, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV);
  walk("dots", slashed, FTS_PHYSICAL | FTS_NOCHDIR | FTS_SEEDOT);
  walk("missing", none, FTS_PHYSICAL | FTS_NOCHDIR);
  walk("here", dot, FTS_PHYSICAL | FTS_NOCHDIR);
  FTS *t = fts_open(both, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
  FTSENT *roots = fts_children(t, 0);
  CHECK(roots && !strcmp(roots->fts_name, "single") && roots->fts_link && !strcmp(roots->fts_link->fts_name, "top"));
  CHECK(fts_read(t) == roots);
  errno = 0;
  CHECK(fts_set(t, roots, 99) != 0 && errno == EINVAL);
  errno = 0;
  CHECK(fts_children(t, 77) == NULL && errno == EINVAL);
  fts_close(t);
  errno = 0;
  CHECK(fts_open(both, 0x10000, NULL) == NULL && errno == EINVAL);
  return failed;
}
