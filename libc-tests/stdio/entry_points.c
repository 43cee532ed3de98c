/* Every way into printf and scanf, single characters with and without lock, buffers, names. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(fprintf(stderr, "line %d: %s\n", __LINE__, #C), failed = 1))
static int failed;
enum way { STDOUT, STREAM, DESCRIPTOR, BUFFER, BOUNDED, ALLOCATED };

static int print(enum way way, void *where, size_t size, const char *format, ...) {
  va_list list;
  va_start(list, format);
  int n = -2;
  switch (way) {
    case STDOUT: n = vprintf(format, list); break;
    case STREAM: n = vfprintf(where, format, list); break;
    case DESCRIPTOR: n = vdprintf(*(int *)where, format, list); break;
    case BUFFER: n = vsprintf(where, format, list); break;
    case BOUNDED: n = vsnprintf(where, size, format, list); break;
    case ALLOCATED: n = vasprintf(where, format, list); break;
  }
  va_end(list);
  return n;
}

static int scan(enum way way, void *where, const char *format, ...) {
  va_list list;
  va_start(list, format);
  int n = way == STDOUT ? vscanf(format, list) : way == STREAM ? vfscanf(where, format, list) : vsscanf(where, format, list);
  va_end(list);
  return n;
}

static void *try_lock(void *stream) {
  intptr_t taken = ftrylockfile(stream) == 0;
  if (taken) funlockfile(stream);
  return (void *)taken;
}

static int taken_by_other(FILE *f) {
  pthread_t other;
  void *taken;
  pthread_create(&other, NULL, try_lock, f);
  pthread_join(other, &taken);
  return taken != NULL;
}

int main(void) {
  char b[64], *text = NULL;
  CHECK(print(STDOUT, NULL, 0, "%s %d\n", "to stdout", 1) == 12);
  FILE *f = fopen("file", "w+");
  CHECK(print(STREAM, f, 0, "%d %s", 12, "words") == 8);
  rewind(f);
  int n;
  CHECK(scan(STREAM, f, "%d %s", &n, b) == 2 && n == 12 && !strcmp(b, "words"));
  CHECK(scan(STREAM, f, "%d", &n) == EOF && scan(BUFFER, "77", "%d", &n) == 1 && n == 77 && scan(BUFFER, "x", "%d", &n) == 0);
  CHECK(ftello(f) == 8 && fseeko(f, -5, SEEK_END) == 0 && ftello(f) == 3 && getc(f) == 'w' && getc_unlocked(f) == 'o');
  CHECK(fseeko(f, 0, SEEK_CUR) == 0 && putc('R', f) == 'R' && putc_unlocked('D', f) == 'D' && fflush(f) == 0);
  errno = 0;
  CHECK(fseeko(f, -1, SEEK_SET) == -1 && errno == EINVAL && fseeko(f, 0, 9) == -1);
  rewind(f);
  CHECK(fgets(b, 64, f) == b && !strcmp(b, "12 woRDs"));
  CHECK(ftrylockfile(f) == 0 && !taken_by_other(f) && ftrylockfile(f) == 0);
  funlockfile(f);
  CHECK(!taken_by_other(f));
  funlockfile(f);
  CHECK(taken_by_other(f));
  fclose(f);
  int fd = open("direct", O_RDWR | O_CREAT, 0600);
  CHECK(print(DESCRIPTOR, &fd, 0, "%05.1f|%x", 2.25, 255) == 8 && dprintf(fd, "%c", '!') == 1);
  CHECK(pread(fd, b, 64, 0) == 9 && !memcmp(b, "002.2|ff!", 9));
  close(fd);
  fd = -1;
  CHECK(print(DESCRIPTOR, &fd, 0, "x") == -1);
  CHECK(print(BUFFER, b, 0, "%s", "plain") == 5 && !strcmp(b, "plain"));
  CHECK(print(BOUNDED, b, 4, "%s", "truncated") == 9 && !strcmp(b, "tru") && print(BOUNDED, NULL, 0, "%d", 1234) == 4);
  CHECK(print(ALLOCATED, &text, 0, "%s-%d", "made", 5) == 6 && !strcmp(text, "made-5"));
  free(text);
  CHECK(asprintf(&text, "%200d", 7) == 200 && strlen(text) == 200 && text[199] == '7');
  free(text);
  CHECK(putchar('p') == 'p' && putchar_unlocked('u') == 'u' && putc('\n', stdout) == '\n');
  /* Standard input from a file. */
  f = fopen("input", "w");
  fputs("ab 17 rest 2.5", f);
  fclose(f);
  CHECK(freopen("input", "r", stdin) == stdin && getchar() == 'a' && getchar_unlocked() == 'b');
  CHECK(scanf("%d", &n) == 1 && n == 17 && scan(STDOUT, NULL, "%63s", b) == 1 && !strcmp(b, "rest"));
  double d;
  CHECK(scanf("%lf", &d) == 1 && d == 2.5 && scanf("%d", &n) == EOF && getchar() == EOF);
  /* A stream without buffer writes at once, one with a buffer later. */
  char buffer[BUFSIZ];
  struct stat st;
  f = fopen("late", "w");
  setbuf(f, buffer);
  fputs("kept", f);
  CHECK(!stat("late", &st) && st.st_size == 0 && !fclose(f) && !stat("late", &st) && st.st_size == 4);
  f = fopen("soon", "w");
  setbuf(f, NULL);
  putc('x', f);
  CHECK(!stat("soon", &st) && st.st_size == 1 && !fclose(f));
  /* pclose gives the status of the command. */
  f = popen("exit 3", "r");
  CHECK(f && WEXITSTATUS(pclose(f)) == 3);
  /* Names. */
  char name[L_tmpnam], other[L_tmpnam], terminal[L_ctermid];
  CHECK(tmpnam(name) == name && access(name, F_OK) == -1 && tmpnam(other) == other && strcmp(name, other));
  CHECK(!strcmp(ctermid(terminal), "/dev/tty") && !strcmp(ctermid(NULL), "/dev/tty"));
  mkdir("d", 0700);
  int dir = open("d", O_RDONLY | O_DIRECTORY);
  CHECK(!renameat(AT_FDCWD, "late", dir, "moved") && !access("d/moved", F_OK) && access("late", F_OK));
  errno = 0;
  CHECK(renameat(dir, "nothing", dir, "x") == -1 && errno == ENOENT);
  CHECK(renameat(-5, "moved", dir, "x") == -1 && errno == EBADF);
  close(dir);
  return failed;
}
