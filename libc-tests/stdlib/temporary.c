/* mktemp and tempnam: names that nothing has yet. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0;
  char one[] = "fXXXXXX", two[] = "fXXXXXX", bad[] = "fXXXXX";
  CHECK(mktemp(one) == one && one[0] == 'f' && strlen(one) == 7 && !strstr(one, "XXXXXX") && access(one, F_OK) == -1);
  fclose(fopen(one, "w"));
  CHECK(mktemp(two) == two && *two == 'f' && strcmp(one, two));
  errno = 0;
  CHECK(mktemp(bad) == bad && !*bad && errno == EINVAL);
  CHECK(mkdir("d", 0700) == 0);
  unsetenv("TMPDIR");
  char *name = tempnam("d", "pre");
  CHECK(name && !strncmp(name, "d/pre", 5) && access(name, F_OK) == -1);
  FILE *f = name ? fopen(name, "w") : NULL;
  CHECK(f != NULL);
  free(name);
  name = tempnam("d", NULL);
  CHECK(name && !strncmp(name, "d/", 2) && access(name, F_OK) == -1);
  free(name);
  return failed;
}
