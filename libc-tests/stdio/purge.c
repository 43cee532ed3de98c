/* expect: not-glibc has it as __fpurge only */
/* fpurge forgets what was read ahead and what was not yet written. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
extern int fpurge(FILE *);

int main(void) {
  int failed = 0;
  char line[64];
  FILE *f = fopen("f", "w+");
  CHECK(fputs("lost", f) >= 0 && fpurge(f) == 0 && fputs("kept\n", f) >= 0 && fclose(f) == 0);
  f = fopen("f", "r");
  CHECK(f && fgets(line, sizeof line, f) && !strcmp(line, "kept\n") && fgetc(f) == EOF);
  rewind(f);
  CHECK(fgetc(f) == 'k' && ungetc('x', f) == 'x' && fpurge(f) == 0 && fgetc(f) == EOF);
  return failed;
}
