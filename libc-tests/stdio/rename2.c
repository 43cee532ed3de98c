/* expect: not-musl it has no renameat2 */
/* renameat2: without a flag as renameat, not over what is there, and an exchange, where the kernel has them. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
#define FAILS(E, C) (errno = 0, CHECK((C) == -1 && errno == E))
static off_t size(const char *path) {
  struct stat s;
  return stat(path, &s) ? -1 : s.st_size;
}

int main(void) {
  int failed = 0, a = open("a", O_CREAT | O_WRONLY, 0600), b = open("b", O_CREAT | O_WRONLY, 0600);
  CHECK(write(a, "12", 2) == 2 && write(b, "345", 3) == 3);
  CHECK(renameat2(AT_FDCWD, "a", AT_FDCWD, "c", 0) == 0 && size("a") == -1 && size("c") == 2);
  FAILS(ENOENT, renameat2(AT_FDCWD, "a", AT_FDCWD, "d", 0));
  int done = renameat2(AT_FDCWD, "c", AT_FDCWD, "b", RENAME_NOREPLACE);
  CHECK(done == -1 && (errno == EEXIST || errno == EINVAL || errno == ENOSYS) && size("b") == 3 && size("c") == 2);
  done = renameat2(AT_FDCWD, "c", AT_FDCWD, "b", RENAME_EXCHANGE);
  CHECK(done == 0 ? size("b") == 2 && size("c") == 3 : errno == EINVAL || errno == ENOSYS);
  CHECK(renameat2(AT_FDCWD, "c", AT_FDCWD, "b", RENAME_NOREPLACE | RENAME_EXCHANGE) == -1 && (errno == EINVAL || errno == ENOSYS));
  return failed;
}
