/* expect: not-glibc has no ndbm
   expect: not-musl has none
   A database of 3,000 pairs: stored, found, replaced, deleted, listed, and found again by another process. */
#include <errno.h>
#include <fcntl.h>
#include <ndbm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static int failed;

static datum text(const char *s) { return (datum){(void *)s, strlen(s)}; }
static int is(datum d, const char *s) { return d.dptr && d.dsize == strlen(s) && !memcmp(d.dptr, s, d.dsize); }

int main(void) {
  char key[32], value[600];
  DBM *db = dbm_open("data", O_RDWR | O_CREAT, 0600);
  struct stat st;
  CHECK(db && !stat("data.dir", &st) && !stat("data.pag", &st));
  CHECK(dbm_firstkey(db).dptr == NULL && dbm_fetch(db, text("x")).dptr == NULL);
  for (int i = 0; i < 3000; i++) {
    sprintf(key, "key %d", i);
    memset(value, 'a' + i % 26, sizeof value);
    CHECK(dbm_store(db, text(key), (datum){value, i % 500}, DBM_INSERT) == 0);
  }
  CHECK(dbm_store(db, text("key 7"), text("other"), DBM_INSERT) == 1);
  CHECK(dbm_store(db, text("key 7"), text("replaced"), DBM_REPLACE) == 0 && is(dbm_fetch(db, text("key 7")), "replaced"));
  CHECK(dbm_store(db, text(""), text("of the empty key"), DBM_INSERT) == 0 && is(dbm_fetch(db, text("")), "of the empty key"));
  CHECK(dbm_store(db, text("empty"), text(""), DBM_INSERT) == 0 && dbm_fetch(db, text("empty")).dptr != NULL);
  for (int i = 0; i < 3000; i += 2) {
    sprintf(key, "key %d", i);
    CHECK(dbm_delete(db, text(key)) == 0 && dbm_delete(db, text(key)) == -1);
  }
  CHECK(!dbm_error(db));
  static char huge[100000];
  errno = 0;
  CHECK(dbm_store(db, text("huge"), (datum){huge, sizeof huge}, DBM_INSERT) == -1 && errno == EINVAL && dbm_error(db));
  CHECK(dbm_clearerr(db) == 0 && !dbm_error(db));
  dbm_close(db);
  db = dbm_open("data", O_RDONLY, 0);
  int seen = 0, right = 0;
  static char known[3000];
  for (datum k = dbm_firstkey(db); k.dptr; k = dbm_nextkey(db)) {
    seen++;
    char name[32] = "";
    memcpy(name, k.dptr, k.dsize < 31 ? k.dsize : 31);
    int i;
    if (sscanf(name, "key %d", &i) == 1 && i % 2 == 1 && !known[i]++) {
      datum d = dbm_fetch(db, text(name));
      memset(value, 'a' + i % 26, sizeof value);
      right += i == 7 ? is(d, "replaced") : d.dsize == i % 500 && !memcmp(d.dptr, value, d.dsize);
    }
  }
  printf("%d %d\n", seen, right);
  CHECK(dbm_fetch(db, text("key 8")).dptr == NULL);
  CHECK(dbm_store(db, text("a"), text("b"), DBM_INSERT) == -1 && dbm_delete(db, text("key 9")) == -1);
  dbm_close(db);
  errno = 0;
  CHECK(dbm_open("none", O_RDWR, 0600) == NULL && errno == ENOENT);
  return failed;
}
