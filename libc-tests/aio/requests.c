/* Asynchronous input and output: results, errors, order, lists, notification, cancelling.
 * expect: not-musl it takes any mode for LIO_NOWAIT */
#define _GNU_SOURCE
#include <aio.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct aiocb block(int fd, void *buffer, size_t length, off_t offset)
{
  struct aiocb control = { .aio_fildes = fd, .aio_buf = buffer, .aio_nbytes = length, .aio_offset = offset };
  control.aio_sigevent.sigev_notify = SIGEV_NONE;
  return control;
}

static int finish(struct aiocb *control)
{
  const struct aiocb *list[] = { NULL, control };
  while (aio_error(control) == EINPROGRESS)
    assert(aio_suspend(list, 2, NULL) == 0 || errno == EINTR);
  return aio_error(control);
}

static int make(int flags)
{
  int fd = open("file", O_CREAT | O_TRUNC | flags, 0600);
  assert(fd >= 0);
  return fd;
}

static void files(void)
{
  char text[16] = "0123456789", back[16] = "";
  int fd = make(O_RDWR);
  struct aiocb w = block(fd, text, 10, 5), r = block(fd, back, 16, 10);
  assert(aio_write(&w) == 0 && finish(&w) == 0);
  assert(aio_return(&w) == 10 && lseek(fd, 0, SEEK_END) == 15);
  assert(aio_read(&r) == 0 && finish(&r) == 0);
  printf("read %zd: %s\n", aio_return(&r), back);
  struct aiocb s = block(fd, NULL, 0, 0);
  assert(aio_fsync(O_SYNC, &s) == 0 && finish(&s) == 0 && aio_return(&s) == 0);
  assert(aio_fsync(O_DSYNC, &s) == 0 && finish(&s) == 0 && aio_return(&s) == 0);
  assert(aio_fsync(O_RDWR, &s) == -1 && errno == EINVAL);
  close(fd);
}

/* What is refused at once, or with the result. */
static int refused(int (*call)(struct aiocb *), struct aiocb *control)
{
  if (call(control) == -1)
    return errno;
  int error = finish(control);
  assert(error && aio_return(control) == -1);
  return error;
}

static void errors(void)
{
  char byte = 'x';
  int fd = make(O_RDONLY);
  struct aiocb a = block(-1, &byte, 1, 0), b = block(fd, &byte, 1, 0), c = block(fd, &byte, 1, -1);
  assert(refused(aio_read, &a) == EBADF);
  assert(refused(aio_write, &b) == EBADF);
  assert(refused(aio_read, &c) == EINVAL);
  assert(aio_cancel(-1, NULL) == -1 && errno == EBADF);
  assert(aio_cancel(fd, NULL) == AIO_ALLDONE);
  struct aiocb *list[] = { &b };
  assert(lio_listio(77, list, 1, NULL) == -1 && errno == EINVAL);
  b.aio_lio_opcode = LIO_WRITE;
  assert(lio_listio(LIO_WAIT, list, 1, NULL) == -1 && errno == EIO && aio_error(&b) == EBADF);
  close(fd);
  puts("errors: ok");
}

/* Writes to the end come in the order of the calls. */
static void order(void)
{
  enum { MANY = 200 };
  static struct aiocb controls[MANY];
  static int numbers[MANY], back[MANY];
  int fd = make(O_WRONLY | O_APPEND), pipes[2];
  for (int i = 0; i < MANY; i++) {
    numbers[i] = i;
    controls[i] = block(fd, &numbers[i], sizeof(int), 0);
    assert(aio_write(&controls[i]) == 0);
  }
  struct aiocb s = block(fd, NULL, 0, 0);
  assert(aio_fsync(O_SYNC, &s) == 0 && finish(&s) == 0);
  for (int i = 0; i < MANY; i++)
    assert(aio_error(&controls[i]) == 0 && aio_return(&controls[i]) == sizeof(int));
  close(fd);
  fd = open("file", O_RDONLY);
  assert(read(fd, back, sizeof back) == sizeof back && memcmp(back, numbers, sizeof back) == 0);
  close(fd);
  assert(pipe(pipes) == 0);
  for (int i = 0; i < MANY; i++) {
    controls[i] = block(pipes[1], &numbers[i], sizeof(int), 0);
    assert(aio_write(&controls[i]) == 0);
  }
  for (int i = 0; i < MANY; i++) {
    assert(read(pipes[0], &back[i], sizeof(int)) == sizeof(int) && back[i] == i);
    assert(finish(&controls[i]) == 0);
  }
  close(pipes[0]);
  close(pipes[1]);
  puts("order: ok");
}

static volatile sig_atomic_t signals, values, lists;

static void one(int signal, siginfo_t *info, void *context)
{
  (void)signal, (void)context;
  assert(info->si_code == SI_ASYNCIO);
  values += info->si_value.sival_int;
  signals++;
}

static void all(int signal)
{
  (void)signal;
  lists++;
}

static void signalled(void)
{
  enum { MANY = 10 };
  struct aiocb controls[MANY], *list[MANY + 1];
  char text[MANY];
  int fd = make(O_RDWR);
  struct sigaction action = { .sa_sigaction = one, .sa_flags = SA_SIGINFO };
  sigaction(SIGRTMIN + 1, &action, NULL);
  action = (struct sigaction){ .sa_handler = all };
  sigaction(SIGRTMIN + 2, &action, NULL);
  for (int i = 0; i < MANY; i++) {
    text[i] = 'a' + i;
    controls[i] = block(fd, &text[i], 1, i);
    controls[i].aio_lio_opcode = LIO_WRITE;
    controls[i].aio_sigevent.sigev_notify = SIGEV_SIGNAL;
    controls[i].aio_sigevent.sigev_signo = SIGRTMIN + 1;
    controls[i].aio_sigevent.sigev_value.sival_int = i;
    list[i] = &controls[i];
  }
  list[MANY] = NULL;
  struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 2 };
  assert(lio_listio(LIO_NOWAIT, list, MANY + 1, &event) == 0);
  for (int i = 0; i < MANY; i++)
    assert(finish(&controls[i]) == 0 && aio_return(&controls[i]) == 1);
  for (int tries = 0; (lists == 0 || signals < MANY) && tries < 5000; tries++)
    usleep(1000);
  printf("signals %d, values %d, lists %d\n", (int)signals, (int)values, (int)lists);
  char back[MANY + 1] = "";
  for (int i = 0; i < MANY; i++) {
    controls[i].aio_lio_opcode = i == 3 ? LIO_NOP : LIO_READ;
    controls[i].aio_buf = &back[i];
    controls[i].aio_sigevent.sigev_notify = SIGEV_NONE;
  }
  assert(lio_listio(LIO_WAIT, list, MANY + 1, NULL) == 0);
  back[3] = '-';
  printf("list: %s\n", back);
  close(fd);
}

static sem_t told;
static int token;

static void notice(union sigval value)
{
  assert(value.sival_ptr == &token);
  token++;
  sem_post(&told);
}

static void threads(void)
{
  char byte = 'x';
  int fd = make(O_RDWR);
  struct aiocb w = block(fd, &byte, 1, 0);
  sem_init(&told, 0, 0);
  w.aio_sigevent.sigev_notify = SIGEV_THREAD;
  w.aio_sigevent.sigev_notify_function = notice;
  w.aio_sigevent.sigev_value.sival_ptr = &token;
  assert(aio_write(&w) == 0);
  while (sem_wait(&told))
    ;
  assert(finish(&w) == 0 && aio_return(&w) == 1);
  printf("told %d\n", token);
  close(fd);
}

static void waiting(void)
{
  char byte = 0, other = 0;
  int pipes[2];
  assert(pipe(pipes) == 0);
  struct aiocb first = block(pipes[0], &byte, 1, 0), second = block(pipes[0], &other, 1, 0);
  const struct aiocb *list[] = { &first, &second };
  struct timespec soon = { .tv_nsec = 20000000 };
  assert(aio_read(&first) == 0 && aio_read(&second) == 0);
  assert(aio_error(&first) == EINPROGRESS);
  assert(aio_suspend(list, 2, &soon) == -1 && errno == EAGAIN);
  /* The second one waits for the first, so it can be cancelled. */
  assert(aio_cancel(pipes[0], &second) == AIO_CANCELED);
  assert(aio_error(&second) == ECANCELED && aio_return(&second) == -1);
  list[1] = NULL;
  assert(write(pipes[1], "z", 1) == 1);
  assert(aio_suspend(list, 2, NULL) == 0);
  assert(aio_error(&first) == 0 && aio_return(&first) == 1 && byte == 'z');
  assert(aio_cancel(pipes[0], &first) == AIO_ALLDONE);
  close(pipes[0]);
  close(pipes[1]);
  puts("waiting: ok");
}

int main(void)
{
  files();
  errors();
  order();
  signalled();
  threads();
  waiting();
  return 0;
}
