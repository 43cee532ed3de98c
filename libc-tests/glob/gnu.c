/* expect: shared-glibc looks users up in libraries that it loads */
/* glob: the GNU flags for braces and tildes.
   expect: not-musl it has no GLOB_BRACE */
#define _GNU_SOURCE 1
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

int main(void) {
  mkdir("dir", 0755);
  mkdir("other", 0755);
  const char *files[] = {"a.c", "b.c", "dir/one.c", "dir/two.h", "other/one.c"};
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) touch(files[i]);
  show("{b,a}.c", GLOB_BRACE);
  show("{a,b{,x}}.c", GLOB_BRACE);
  show("{}", GLOB_BRACE | GLOB_NOMAGIC);
  show("{dir,other}/{one,two}.[ch]", GLOB_BRACE);
  /* Hidden names count where the pattern ends, not on the way there. */
  show("*", GLOB_PERIOD);
  show("*/*.c", GLOB_PERIOD);
  show("d*/*", GLOB_PERIOD | GLOB_MARK);
  show("missing", GLOB_NOMAGIC);
  show("missing*", GLOB_NOMAGIC);
  setenv("HOME", "dir", 1);
  show("~/*.c", GLOB_TILDE);
  show("~nobody-of-this-name/x", GLOB_TILDE_CHECK);
  printf("%s\n", failures ? "failed" : "ok");
  return failures != 0;
}
