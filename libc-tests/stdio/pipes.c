/* popen, perror, standard streams across fork, input left for the next reader. */
#define _POSIX_C_SOURCE 200809L
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
  char line[64] = "";
  int status;
  printf("before");
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    printf(" child");
    exit(7);
  }
  assert(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 7);
  printf(" parent\n");
  assert(!popen("true", "x") && errno == EINVAL);

  /* A stream read ahead of its user gives the rest back when it is flushed. */
  int fd = open("pipes.tmp", O_RDWR | O_CREAT | O_TRUNC, 0600);
  assert(write(fd, "one\ntwo\nthree\n", 14) == 14 && lseek(fd, 0, SEEK_SET) == 0);
  FILE *f = fdopen(fd, "r");
  assert(fgets(line, sizeof line, f) && lseek(fd, 0, SEEK_CUR) == 14);
  assert(fflush(f) == 0 && lseek(fd, 0, SEEK_CUR) == 4);
  fclose(f);
  remove("pipes.tmp");

  /* Messages go out whole and at once. */
  assert(freopen("pipes.err", "w+", stderr) == stderr);
  errno = ENOENT;
  perror("name");
  fprintf(stderr, "%s %d\n", "message", 5);
  rewind(stderr);
  while (fgets(line, sizeof line, stderr))
    printf("%s", line);
  fclose(stderr);
  remove("pipes.err");
  return 0;
}
