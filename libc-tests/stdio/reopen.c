/* freopen decides anew how the stream is buffered; fopen("a") stands at the end.
   expect: not-musl it keeps the buffering of the file before, and the position is 0 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

static long size_of(const char *name) {
  struct stat st;
  return stat(name, &st) == 0 ? (long)st.st_size : -1;
}

int main(void) {
  int failed = 0;
  /* The leader of a session gets the terminal, and is told when its other side goes. */
  signal(SIGHUP, SIG_IGN);
  int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
  CHECK(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
  const char *terminal = ptsname(master);
  int keep = open(terminal, O_RDWR | O_NOCTTY);
  char line[32] = "";
  FILE *f = fopen("x", "w");
  fputs("first\n", f);
  f = freopen(terminal, "w", f);
  CHECK(f && size_of("x") == 6);
  /* A line arrives at the terminal at once. */
  fputs("second\nthird", f);
  CHECK(read(master, line, sizeof line) == 8 && !memcmp(line, "second\r\n", 8));
  f = freopen("y", "w", f);
  fputs("fourth\n", f);
  CHECK(size_of("y") == 0 && fclose(f) == 0 && size_of("y") == 7);
  /* A buffer of the program's is its own again. */
  char *buffer = malloc(4096);
  f = fopen("z", "w");
  setvbuf(f, buffer, _IOFBF, 4096);
  fputs("old", f);
  f = freopen("zz", "w", f);
  memset(buffer, '!', 4096);
  fputs("new", f);
  free(buffer);
  CHECK(fclose(f) == 0 && size_of("z") == 3 && size_of("zz") == 3);
  f = fopen("z", "w");
  setvbuf(f, 0, _IONBF, 0);
  f = freopen("zz", "w", f);
  fputs("four", f);
  CHECK(size_of("zz") == 0 && fclose(f) == 0 && size_of("zz") == 4);
  f = fopen("zz", "a");
  CHECK(ftell(f) == 4 && fputs("!", f) >= 0 && ftell(f) == 5);
  fclose(f);
  f = fopen("zz", "a+");
  CHECK(ftell(f) == 0 && fgetc(f) == 'f');
  fclose(f);
  close(keep);
  close(master);
  return failed;
}
