/* Thread-specific data: destructors, their order of rounds, reuse of keys; pthread_once; names. */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static pthread_key_t key, again;
static int destroyed, rounds, initialised;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void destroy(void *value) {
  destroyed += *(int *)value;
}

static void set_again(void *value) {
  rounds++;
  if (rounds < 3) pthread_setspecific(again, value);
}

static pthread_key_t endless;
static int endless_rounds;

static void set_always(void *value) {
  endless_rounds++;
  pthread_setspecific(endless, value);
}

static void *use_endless(void *argument) {
  pthread_setspecific(endless, argument);
  return NULL;
}

static void init(void) {
  initialised++;
}

static void *use(void *argument) {
  pthread_once(&once, init);
  if (pthread_getspecific(key)) return (void *)1;
  pthread_setspecific(key, argument);
  pthread_setspecific(again, argument);
  return pthread_getspecific(key) == argument ? 0 : (void *)1;
}

int main(void) {
  pthread_t thread;
  void *result;
  int values[4] = {1, 10, 100, 1000};
  pthread_key_create(&key, destroy);
  pthread_key_create(&again, set_again);
  for (int i = 0; i < 4; i++) {
    rounds = 0;
    pthread_create(&thread, 0, use, &values[i]);
    pthread_join(thread, &result);
    printf("%d destroyed %d rounds %d\n", result == 0, destroyed, rounds);
  }
  printf("initialised %d\n", initialised);

  /* A destructor that sets a value each time is called as often as promised, and no more. */
  pthread_key_create(&endless, set_always);
  pthread_create(&thread, 0, use_endless, &values[0]);
  pthread_join(thread, &result);
  printf("endless: %d\n", endless_rounds == PTHREAD_DESTRUCTOR_ITERATIONS);
  pthread_key_delete(endless);

  pthread_setspecific(key, &values[0]);
  pthread_key_delete(key);
  pthread_key_t fresh;
  pthread_key_create(&fresh, 0);
  printf("fresh key %d\n", pthread_getspecific(fresh) == 0);

  pthread_key_t many[900];
  int made = 0;
  while (made < 900 && !pthread_key_create(&many[made], 0)) made++;
  for (int i = 0; i < made; i++) pthread_setspecific(many[i], &many[i]);
  int right = 0;
  for (int i = 0; i < made; i++) right += pthread_getspecific(many[i]) == &many[i];
  printf("keys at least 100: %d, all right: %d\n", made >= 100, right == made);
  for (int i = 0; i < made; i++) pthread_key_delete(many[i]);
  return 0;
}
