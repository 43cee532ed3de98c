/* Asynchronous input and output across fork: a child has no requests of its parent's and starts anew.
 * expect: not-glibc its child waits for threads that only the parent has */
#include <aio.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MANY = 32 };

static int finish(struct aiocb *control)
{
  const struct aiocb *list[] = { control };
  while (aio_error(control) == EINPROGRESS)
    aio_suspend(list, 1, NULL);
  return aio_error(control);
}

int main(void)
{
  static struct aiocb controls[MANY];
  char text[MANY], back[4] = "";
  int fd = open("file", O_CREAT | O_RDWR, 0600);
  assert(fd >= 0);
  for (int i = 0; i < MANY; i++) {
    text[i] = 'a';
    controls[i].aio_fildes = fd;
    controls[i].aio_buf = &text[i];
    controls[i].aio_nbytes = 1;
    controls[i].aio_offset = i;
    controls[i].aio_sigevent.sigev_notify = SIGEV_NONE;
    assert(aio_write(&controls[i]) == 0);
  }
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    alarm(20);
    struct aiocb r = { .aio_fildes = fd, .aio_buf = back, .aio_nbytes = 1, .aio_sigevent.sigev_notify = SIGEV_NONE };
    int other = open("other", O_CREAT | O_RDWR, 0600);
    assert(write(other, "z", 1) == 1);
    r.aio_fildes = other;
    assert(aio_read(&r) == 0 && finish(&r) == 0);
    _exit(!(aio_return(&r) == 1 && back[0] == 'z'));
  }
  int status, done = 0;
  for (int i = 0; i < MANY; i++) {
    done += finish(&controls[i]) == 0;
  }
  assert(waitpid(child, &status, 0) == child);
  printf("done %d, child %d\n", done, status);
  return 0;
}
