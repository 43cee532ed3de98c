/* What a device refused is gone: after clearerr, closing the stream does not fail once more. */
#include <errno.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>

static char many[20000];

int main(void) {
  static const int modes[] = {_IOFBF, _IOLBF, _IONBF};
  memset(many, 'x', sizeof many);
  for (int mode = 0; mode < 3; mode++) {
    for (int kind = 0; kind < 4; kind++) {
      FILE *file = fopen("/dev/full", "w");
      if (!file || setvbuf(file, NULL, modes[mode], 4096)) return 2;
      if (kind == 0 || kind == 3) fputs("abc", file);
      if (kind == 1 || kind == 3) fwrite(many, 1, sizeof many, file);
      if (kind == 2) fputs("a line\n", file);
      printf("%d.%d: %d %zu", mode, kind, !!ferror(file), __fpending(file));
      int flushed = fflush(file);
      printf(", flushed %d %d %zu", flushed, !!ferror(file), __fpending(file));
      clearerr(file);
      int closed = fclose(file);
      printf(", closed %d\n", closed);
    }
  }
  return 0;
}
