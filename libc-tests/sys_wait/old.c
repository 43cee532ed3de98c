/* wait3: any child, its status and what it used; none left. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
#define FAILS(E, C) (errno = 0, CHECK((C) == -1 && errno == E))

int main(void) {
  int failed = 0, status = -1, ends[2];
  struct rusage usage;
  CHECK(pipe(ends) == 0);
  pid_t child = fork();
  if (child == 0) {
    char c;
    close(ends[1]);
    read(ends[0], &c, 1);
    _exit(5);
  }
  CHECK(wait3(&status, WNOHANG, &usage) == 0);
  close(ends[1]);
  memset(&usage, 0xff, sizeof usage);
  CHECK(wait3(&status, 0, &usage) == child && WIFEXITED(status) && WEXITSTATUS(status) == 5 && usage.ru_utime.tv_sec >= 0 && usage.ru_utime.tv_usec < 1000000);
  FAILS(ECHILD, wait3(&status, 0, NULL));
  FAILS(EINVAL, wait3(&status, 1 << 20, NULL));
  return failed;
}
