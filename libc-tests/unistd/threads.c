/* Credentials are the process's: a change in one thread is seen in another; cancellation ends a blocked read. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static int gate[2], answer[2];

static void *look(void *unused)
{
  char byte;
  uid_t uid;
  (void)unused;
  assert(read(gate[0], &byte, 1) == 1);
  uid = geteuid();
  assert(write(answer[1], &uid, sizeof uid) == sizeof uid);
  return NULL;
}

static void *block(void *fd)
{
  char byte;
  read(*(int *)fd, &byte, 1);
  return NULL;
}

int main(void)
{
  pthread_t thread;
  uid_t seen, wanted = geteuid() == 0 ? 12345 : geteuid();
  void *result;

  assert(pipe(gate) == 0 && pipe(answer) == 0);
  assert(pthread_create(&thread, NULL, look, NULL) == 0);
  assert(seteuid(wanted) == 0 && geteuid() == wanted);
  assert(write(gate[1], "x", 1) == 1);
  assert(read(answer[0], &seen, sizeof seen) == sizeof seen && pthread_join(thread, NULL) == 0);
  printf("same user: %d\n", seen == wanted);

  assert(pthread_create(&thread, NULL, block, &gate[0]) == 0);
  assert(pthread_cancel(thread) == 0 && pthread_join(thread, &result) == 0);
  printf("cancelled: %d\n", result == PTHREAD_CANCELED);
  return 0;
}
