/* expect: not-musl it has no scandirat */
/* scandirat below a descriptor, sorted as versions are. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
#define FAILS(E, C) (errno = 0, CHECK((C) == -1 && errno == E))
static int files(const struct dirent *entry) { return entry->d_name[0] == 'f'; }

int main(void) {
  int failed = 0;
  static const char *const names[] = {"d/f10", "d/f9", "d/f009", "d/f1", "d/other", "d/f09", "d/f1a"};
  CHECK(mkdir("d", 0700) == 0);
  for (int i = 0; i < 7; i++) close(open(names[i], O_CREAT | O_WRONLY, 0600));
  int here = open(".", O_RDONLY | O_DIRECTORY);
  struct dirent **list = NULL;
  int n = scandirat(here, "d", &list, files, versionsort);
  CHECK(n == 6);
  for (int i = 0; i < n; i++) {
    printf("%s ", list[i]->d_name);
    free(list[i]);
  }
  puts("");
  free(list);
  FAILS(ENOENT, scandirat(here, "none", &list, NULL, NULL));
  FAILS(EBADF, scandirat(-1, "d", &list, NULL, NULL));
  FAILS(ENOTDIR, scandirat(here, "d/f1", &list, NULL, NULL));
  return failed;
}
