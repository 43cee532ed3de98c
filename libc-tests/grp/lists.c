/* expect: shared-glibc looks users up in libraries that it loads */
/* The groups of a user: their number, and a room that is too small; initgroups. */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static pthread_barrier_t moment;
static int others;
static gid_t other_list[100];
/* What another thread has after the change. */
static void *other(void *unused) {
  pthread_barrier_wait(&moment);
  pthread_barrier_wait(&moment);
  others = getgroups(100, other_list);
  return unused;
}

int main(void) {
  int failed = 0, count = 100, none = 0;
  gid_t list[100];
  int n = getgrouplist("root", 0, list, &count);
  CHECK(n >= 1 && n == count && list[0] == 0);
  CHECK(getgrouplist("root", 0, list, &none) == -1 && none == n);
  count = 100;
  CHECK(getgrouplist("no such user", 77, list, &count) == 1 && count == 1 && list[0] == 77);
  /* The groups are the process's, not the thread's. Only the superuser may change them. */
  pthread_t thread;
  pthread_barrier_init(&moment, NULL, 2);
  CHECK(pthread_create(&thread, NULL, other, NULL) == 0);
  pthread_barrier_wait(&moment);
  int changed = initgroups("no such user", 77) == 0;
  CHECK(changed || errno == EPERM);
  pthread_barrier_wait(&moment);
  pthread_join(thread, NULL);
  CHECK(!changed || (others == 1 && other_list[0] == 77));
  return failed;
}
