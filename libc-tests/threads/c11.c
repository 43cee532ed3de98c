/* C11 threads. */
#include <stdio.h>
#include <threads.h>
#include <time.h>

static mtx_t mutex;
static cnd_t cond;
static once_flag once = ONCE_FLAG_INIT;
static tss_t key;
static int ready, calls, destroyed;
static thread_local int local = 3;

static void init(void) { calls++; }
static void destroy(void *value) { destroyed += *(int *)value; }

static int work(void *argument) {
  call_once(&once, init);
  tss_set(key, argument);
  local += *(int *)argument;
  mtx_lock(&mutex);
  ready++;
  cnd_signal(&cond);
  mtx_unlock(&mutex);
  return local;
}

static int leave(void *argument) {
  (void)argument;
  thrd_exit(-5);
}

int main(void) {
  thrd_t threads[3];
  int values[3] = {1, 2, 3}, result;
  mtx_init(&mutex, mtx_plain);
  cnd_init(&cond);
  tss_create(&key, destroy);
  for (int i = 0; i < 3; i++)
    if (thrd_create(&threads[i], work, &values[i]) != thrd_success) return 1;
  mtx_lock(&mutex);
  while (ready < 3) cnd_wait(&cond, &mutex);
  mtx_unlock(&mutex);
  for (int i = 0; i < 3; i++) {
    thrd_join(threads[i], &result);
    printf("%d\n", result);
  }
  printf("calls %d destroyed %d local %d\n", calls, destroyed, local);
  thrd_create(&threads[0], leave, 0);
  thrd_join(threads[0], &result);
  printf("exit %d\n", result);
  mtx_t timed;
  mtx_init(&timed, mtx_timed | mtx_recursive);
  mtx_lock(&timed);
  printf("again %d\n", mtx_trylock(&timed) == thrd_success);
  struct timespec until;
  timespec_get(&until, TIME_UTC);
  mtx_lock(&mutex);
  printf("timed out %d\n", cnd_timedwait(&cond, &mutex, &until) == thrd_timedout);
  mtx_unlock(&mutex);
  struct timespec nap = {0, 1000000};
  printf("sleep %d\n", thrd_sleep(&nap, 0));
  printf("equal %d\n", !!thrd_equal(thrd_current(), thrd_current()));
  return 0;
}
