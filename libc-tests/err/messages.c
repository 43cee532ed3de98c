/* What err.h prints, and with which status it ends; each in a process of its own. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static int failed;

static void call(void (*f)(int, const char *, va_list), int status, const char *format, ...) {
  va_list args;
  va_start(args, format);
  f(status, format, args);
  va_end(args);
}
static void v_warn(int status, const char *format, va_list args) { vwarn(format, args); }
static void v_warnx(int status, const char *format, va_list args) { vwarnx(format, args); }

static void one(int which) {
  errno = ENOENT;
  switch (which) {
    case 0: warnx("%d and %s", 1, "two"); break;
    case 1: warnx(NULL); break;
    case 2: call(v_warn, 0, "cannot %s", "open"); break;
    case 3: call(v_warnx, 0, "only %s", "this"); break;
    case 4: errx(3, "no %s", "more");
    case 5: call((void (*)(int, const char *, va_list))verr, 4, "file %d", 7);
    case 6: call((void (*)(int, const char *, va_list))verrx, 5, "last %c", 'x');
  }
  exit(0);
}

int main(void) {
  /* The program's name stands before each, whatever it is run as. */
  char all[512];
  for (int i = 0; i < 7; i++) {
    int ends[2], status = -1;
    CHECK(pipe(ends) == 0);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
      dup2(ends[1], 2);
      one(i);
    }
    close(ends[1]);
    size_t length = 0;
    for (ssize_t n; (n = read(ends[0], all + length, sizeof all - 1 - length)) > 0;) length += n;
    all[length] = 0;
    close(ends[0]);
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
    size_t name = strlen(program_invocation_short_name);
    CHECK(!strncmp(all, program_invocation_short_name, name));
    printf("%d %s", WEXITSTATUS(status), all + name);
  }
  return failed;
}
