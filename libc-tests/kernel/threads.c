/* Threads: futexes, thread-local storage, joins, shared memory. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 8, ROUNDS = 2000 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static long counter;
static int turn;
static __thread long own = 5;

static void *count(void *argument)
{
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&mutex);
		counter++;
		pthread_mutex_unlock(&mutex);
		own++;
	}
	return (void *)(own + (long)argument);
}

static void *ping(void *argument)
{
	int me = (int)(long)argument;
	for (int i = 0; i < 200; i++) {
		pthread_mutex_lock(&mutex);
		while (turn != me)
			pthread_cond_wait(&changed, &mutex);
		turn = !me;
		pthread_cond_broadcast(&changed);
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void *sleeper(void *argument)
{
	struct timespec nap = { 0, 10000000 };
	nanosleep(&nap, NULL);
	return argument;
}

static pthread_key_t key;
static int destroyed;

static void destroy(void *value)
{
	destroyed += (int)(long)value;
}

static void *with_key(void *argument)
{
	pthread_setspecific(key, argument);
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];
	long sum = 0;
	for (long i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, count, (void *)i);
	for (int i = 0; i < THREADS; i++) {
		void *result;
		pthread_join(threads[i], &result);
		sum += (long)result;
	}
	printf("counter %ld, sum of own %ld, mine %ld\n", counter, sum, own);
	pthread_create(&threads[0], NULL, ping, (void *)0);
	pthread_create(&threads[1], NULL, ping, (void *)1);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	printf("turn %d\n", turn);
	void *result;
	pthread_create(&threads[0], NULL, sleeper, (void *)9);
	pthread_join(threads[0], &result);
	printf("sleeper %ld\n", (long)result);
	pthread_key_create(&key, destroy);
	for (long i = 1; i <= 3; i++)
		pthread_create(&threads[i], NULL, with_key, (void *)i);
	for (int i = 1; i <= 3; i++)
		pthread_join(threads[i], NULL);
	printf("destroyed %d\n", destroyed);
	struct timespec when;
	clock_gettime(CLOCK_REALTIME, &when);
	when.tv_nsec += 20000000;
	if (when.tv_nsec >= 1000000000) {
		when.tv_nsec -= 1000000000;
		when.tv_sec++;
	}
	pthread_mutex_lock(&mutex);
	int error = 0;
	while (error == 0)
		error = pthread_cond_timedwait(&changed, &mutex, &when);
	pthread_mutex_unlock(&mutex);
	printf("timed out %d\n", error == ETIMEDOUT);
	/* Many short-lived threads: their stacks and numbers are reused. */
	for (int i = 0; i < 200; i++) {
		pthread_create(&threads[0], NULL, count, NULL);
		pthread_join(threads[0], NULL);
	}
	printf("counter %ld\n", counter);
	return 0;
}
