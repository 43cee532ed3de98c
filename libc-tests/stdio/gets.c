/* gets takes a line without its end. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
extern char *gets(char *);

int main(void) {
  int failed = 0;
  char line[64];
  FILE *f = fopen("lines", "w");
  fputs("first line\n\nlast", f);
  fclose(f);
  CHECK(freopen("lines", "r", stdin) != NULL);
  CHECK(gets(line) == line && !strcmp(line, "first line") && gets(line) == line && !*line);
  CHECK(gets(line) == line && !strcmp(line, "last") && feof(stdin) && gets(line) == NULL);
  return failed;
}
