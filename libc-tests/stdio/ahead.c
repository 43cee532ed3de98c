/* What a stream has read ahead, as GNU's portability library asks for it. */
/* expect: not-glibc it has none of these functions */
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>

int main(void) {
  FILE *file = fopen("ahead", "w+");
  size_t count = 77;
  printf("new: %zu %d\n", __freadahead(file), __freadptr(file, &count) != 0);
  fputs("first\nsecond", file);
  printf("written: %zu %d\n", __freadahead(file), __freadptr(file, &count) != 0);
  rewind(file);
  printf("%c ", getc(file));
  const char *next = __freadptr(file, &count);
  printf("%zu %zu %.*s\n", __freadahead(file), count, 5, next);
  __freadptrinc(file, 5);
  printf("%c %zu\n", getc(file), __freadahead(file));
  ungetc('S', file);
  printf("%zu", __freadahead(file));
  printf(" %c\n", getc(file));
  printf("%d", ferror(file) != 0);
  __fseterr(file);
  printf(" %d", ferror(file) != 0);
  clearerr(file);
  printf(" %d\n", ferror(file) != 0);
  while (getc(file) != EOF)
    ;
  printf("end: %zu %d\n", __freadahead(file), __freadptr(file, &count) != 0);
  return fclose(file);
}
