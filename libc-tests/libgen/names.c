/* The last part of a path and what is before it, for every case the standard lists. */
#include <libgen.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  static const char *const paths[] = {"usr", "usr/", "", "/", "/usr/", "/usr/lib", "//usr//lib//", "/home//dwc//test", ".", "..", "a/..", "/a", "a//b", "/a/b/", "a/b/c"};
  char b[32];
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    printf("'%s'", paths[i]);
    printf(" '%s'", basename(strcpy(b, paths[i])));
    printf(" '%s'\n", dirname(strcpy(b, paths[i])));
  }
  printf("'%s' '%s'\n", basename(NULL), dirname(NULL));
  return 0;
}
