/* The unlocked functions of stdio.h and wchar.h, and the BSD ones about buffers. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <wchar.h>

static int failures;

#define CHECK(truth) \
  do { if (!(truth)) printf("line %d: %s\n", __LINE__, #truth), failures++; } while (0)

static void bytes(void) {
  char line[32];
  FILE *file = tmpfile();
  CHECK(fputc_unlocked('a', file) == 'a' && fputs_unlocked("bc\n", file) >= 0);
  CHECK(fwrite_unlocked("def\n", 1, 4, file) == 4 && fflush_unlocked(file) == 0);
  CHECK(putw(0x64636261, file) == 0);
  rewind(file);
  CHECK(fgetc_unlocked(file) == 'a');
  CHECK(fgets_unlocked(line, sizeof line, file) == line && strcmp(line, "bc\n") == 0);
  CHECK(fread_unlocked(line, 1, 4, file) == 4 && memcmp(line, "def\n", 4) == 0);
  CHECK(getw(file) == 0x64636261);
  CHECK(!feof_unlocked(file) && fgetc_unlocked(file) == EOF && feof_unlocked(file) && !ferror_unlocked(file));
  clearerr_unlocked(file);
  CHECK(!feof_unlocked(file) && fileno_unlocked(file) == fileno(file));
  fclose(file);
}

static void wide(void) {
  wchar_t line[32];
  FILE *file = tmpfile();
  CHECK(fputwc_unlocked(L'a', file) == L'a' && putwc_unlocked(L'b', file) == L'b');
  CHECK(fputws_unlocked(L"cd\nef", file) >= 0);
  rewind(file);
  CHECK(fgetwc_unlocked(file) == L'a' && getwc_unlocked(file) == L'b');
  CHECK(fgetws_unlocked(line, 32, file) == line && wcscmp(line, L"cd\n") == 0);
  CHECK(fgetwc_unlocked(file) == L'e');
  fclose(file);
}

static void buffers(void) {
  char buffer[64];
  FILE *file = tmpfile();
  setbuffer(file, buffer, sizeof buffer);
  fputs("abc", file);
  CHECK(__fbufsize(file) > 0);
  CHECK(__fwriting(file) && __fwritable(file) && __freadable(file) && !__freading(file));
  __fpurge(file);
  CHECK(__fpending(file) == 0);
  setlinebuf(file);
  CHECK(__flbf(file));
  fputs("line\nmore", file);
  _flushlbf();
  CHECK(__fpending(file) == 0);
  fclose(file);
}

int main(void) {
  bytes();
  wide();
  buffers();
  printf("%d failures\n", failures);
  return failures != 0;
}
