/* C11 threads: timed locks, broadcast, detached threads, storage of threads and its destructors. */
#include <stdio.h>
#include <threads.h>
#include <time.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static int failed;
static mtx_t m;
static cnd_t c;
static int go, woken, done;
static tss_t key;
static int destroyed;

static void destroy(void *p) { destroyed += *(int *)p; }

static struct timespec soon(void) {
  struct timespec t;
  timespec_get(&t, TIME_UTC);
  t.tv_nsec += 10000000;
  if (t.tv_nsec >= 1000000000) t.tv_nsec -= 1000000000, t.tv_sec++;
  return t;
}

static int cannot_lock(void *unused) {
  struct timespec t = soon();
  return mtx_timedlock(&m, &t) == thrd_timedout && mtx_trylock(&m) == thrd_busy;
}

static int waiter(void *unused) {
  static int five = 5;
  CHECK(tss_get(key) == NULL && tss_set(key, &five) == thrd_success && tss_get(key) == &five);
  mtx_lock(&m);
  while (!go) cnd_wait(&c, &m);
  woken++;
  mtx_unlock(&m);
  return 0;
}

static int detached(void *unused) {
  mtx_lock(&m);
  done = 1;
  cnd_broadcast(&c);
  mtx_unlock(&m);
  return 0;
}

int main(void) {
  thrd_t t[3];
  int result;
  CHECK(mtx_init(&m, mtx_timed) == thrd_success && cnd_init(&c) == thrd_success && tss_create(&key, destroy) == thrd_success);
  mtx_lock(&m);
  CHECK(thrd_create(&t[0], cannot_lock, NULL) == thrd_success && thrd_join(t[0], &result) == thrd_success && result == 1);
  struct timespec past = {1, 0};
  mtx_unlock(&m);
  CHECK(mtx_timedlock(&m, &past) == thrd_success);
  mtx_unlock(&m);
  for (int i = 0; i < 3; i++) thrd_create(&t[i], waiter, NULL);
  thrd_yield();
  mtx_lock(&m);
  go = 1;
  CHECK(cnd_broadcast(&c) == thrd_success);
  mtx_unlock(&m);
  for (int i = 0; i < 3; i++) thrd_join(t[i], NULL);
  CHECK(woken == 3 && destroyed == 15);
  /* Of a key that is gone no destructor runs. */
  tss_delete(key);
  CHECK(thrd_create(&t[0], detached, NULL) == thrd_success && thrd_detach(t[0]) == thrd_success);
  mtx_lock(&m);
  while (!done) cnd_wait(&c, &m);
  mtx_unlock(&m);
  cnd_destroy(&c);
  CHECK(cnd_init(&c) == thrd_success);
  struct timespec t1 = soon();
  mtx_lock(&m);
  CHECK(cnd_timedwait(&c, &m, &t1) == thrd_timedout);
  mtx_unlock(&m);
  cnd_destroy(&c);
  mtx_destroy(&m);
  return failed;
}
