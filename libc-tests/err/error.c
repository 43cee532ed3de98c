/* expect: not-musl it has no error.h */
/* error_at_line: places, numbers of errors, one message a line, a printer of the program's own. */
#define _GNU_SOURCE
#include <errno.h>
#include <error.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static void name(void) { fputs("me: ", stderr); }

int main(void) {
  int failed = 0, status = -1;
  char *slash = strrchr(program_invocation_name, '/');
  CHECK(!strcmp(program_invocation_short_name, slash ? slash + 1 : program_invocation_name));
  dup2(1, 2);
  error_print_progname = name;
  CHECK(error_message_count == 0 && error_one_per_line == 0);
  error_at_line(0, 0, "file.c", 10, "first %d", 1);
  error_at_line(0, ENOENT, "file.c", 10, "second");
  error_at_line(0, 0, NULL, 11, "nowhere");
  CHECK(error_message_count == 3);
  error_one_per_line = 1;
  error_at_line(0, 0, "file.c", 10, "third");
  error_at_line(0, 0, "file.c", 10, "third again");
  error_at_line(0, 0, "other.c", 10, "fourth");
  CHECK(error_message_count == 5);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    error_at_line(9, EPERM, "end.c", 1, "over");
    _exit(0);
  }
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 9);
  error_print_progname = NULL;
  return failed;
}
