/* realpath needs no descriptor; what is followed by a slash, `.` or `..` must be a folder. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
  static const char *const paths[] = {
    "d", "d/", "d/.", "d//e/../e/.", "d/e/..", "f", "f/", "f/.", "f/..", "f/./..", "f/x", "f//x", "f/./x", "to_d", "to_d/", "to_d/e/..",
    "to_f", "to_f/", "to_f/..", "none", "none/", "none/..", "d/none", "d/none/..", "loop", "loop/", "d/./none", "", ".", "./d/../f",
  };
  char here[4096], there[4096];
  mkdir("d", 0700), mkdir("d/e", 0700);
  close(open("f", O_CREAT | O_WRONLY, 0600));
  if (symlink("d", "to_d") || symlink("f", "to_f") || symlink("loop", "loop")) return 2;
  if (!realpath(".", here)) return 3;
  size_t length = strlen(here);
  struct rlimit none = {0, 0};
  if (setrlimit(RLIMIT_NOFILE, &none)) return 4;
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    errno = 0;
    char *path = realpath(paths[i], there);
    if (path)
      printf("%s: %s\n", paths[i], strncmp(path, here, length) ? "elsewhere" : path + length);
    else
      printf("%s: %s\n", paths[i], errno == ENOTDIR ? "ENOTDIR" : errno == ENOENT ? "ENOENT" : errno == ELOOP ? "ELOOP" : strerror(errno));
  }
  puts(realpath("/../.", there) ? there : strerror(errno));
  return 0;
}
