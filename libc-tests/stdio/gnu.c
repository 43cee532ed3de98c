/* expect: not-musl it lacks fcloseall and tmpnam_r, and its __fsetlocking does nothing */
/* fcloseall writes out what is buffered; tmpnam_r makes a name in the caller's room only; who locks. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0;
  char name[L_tmpnam], line[16] = "";
  CHECK(tmpnam_r(name) == name && strncmp(name, "/tmp/", 5) == 0 && tmpnam_r(NULL) == NULL);
  FILE *f = fopen("f", "w");
  CHECK(__fsetlocking(f, FSETLOCKING_QUERY) == FSETLOCKING_INTERNAL);
  CHECK(__fsetlocking(f, FSETLOCKING_BYCALLER) == FSETLOCKING_INTERNAL);
  CHECK(__fsetlocking(f, FSETLOCKING_QUERY) == FSETLOCKING_BYCALLER);
  CHECK(f && fputs("buffered", f) >= 0 && fcloseall() == 0);
  f = fopen("f", "r");
  if (!f || !fgets(line, sizeof line, f) || strcmp(line, "buffered")) return 2;
  return failed;
}
