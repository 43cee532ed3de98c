/* glob, globfree: wildcards, directories, flags.
   expect: not-musl it gives the error function another path */
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int failures;

static void touch(const char *path) {
  int fd = open(path, O_CREAT | O_WRONLY, 0644);
  if (fd < 0) {
    perror(path);
    exit(1);
  }
  close(fd);
}

static void show(const char *pattern, int flags) {
  glob_t g;
  int code = glob(pattern, flags, NULL, &g);
  printf("%s:", pattern);
  if (code == GLOB_NOMATCH)
    printf(" none");
  else if (code)
    printf(" failed");
  else
    for (size_t i = 0; i < g.gl_pathc; i++) printf(" %s", g.gl_pathv[i]);
  printf("\n");
  if (code == 0) {
    if (g.gl_pathv[g.gl_pathc]) failures++;
    globfree(&g);
  }
}

static int errors;
static int on_error(const char *path, int error) {
  printf("cannot read %s: %d\n", path, error != 0);
  errors++;
  return 1;
}

int main(void) {
  mkdir("dir", 0755);
  mkdir("dir/sub", 0755);
  mkdir("other", 0755);
  const char *files[] = {"a.c", "b.c", "c.h", ".hidden", "star*", "[x]", "dir/one.c", "dir/two.h", "dir/sub/deep.c", "other/one.c"};
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) touch(files[i]);

  show("*.c", 0);
  show("*", 0);
  show(".*n", 0);
  show("?.[ch]", 0);
  show("[!ab].?", 0);
  show("*/*.c", 0);
  show("dir/*", GLOB_MARK);
  show("*/", 0);
  show("./d*/s*/*", 0);
  show("star\\*", 0);
  show("\\[x]", 0);
  show("a.c", 0);
  show("missing", 0);
  show("missing*", GLOB_NOCHECK);
  show("a.c/*", 0);
  show("missing/*", 0);

  glob_t g = {0};
  g.gl_offs = 2;
  int code = glob("*.h", GLOB_DOOFFS, NULL, &g);
  code |= glob("*.c", GLOB_DOOFFS | GLOB_APPEND, NULL, &g);
  if (code || g.gl_pathc != 3 || g.gl_pathv[0] || g.gl_pathv[1] || g.gl_pathv[5]) failures++;
  printf("%s %s %s\n", g.gl_pathv[2], g.gl_pathv[3], g.gl_pathv[4]);
  globfree(&g);
  if (symlink("loop", "loop")) failures++;
  code = glob("loop/*", 0, on_error, &g);
  if (code != GLOB_ABORTED || errors != 1) failures++;
  printf("%s\n", failures ? "failed" : "ok");
  return failures != 0;
}
