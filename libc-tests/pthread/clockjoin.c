/* expect: not-musl 1.2.3 has no pthread_clockjoin_np */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <time.h>

#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

static sem_t go;

static void *wait_for_it(void *value)
{
	while (sem_wait(&go)) {
	}
	return value;
}

int main(void)
{
	int failed = 0, value;
	void *result = NULL;
	struct timespec when;
	pthread_t thread;
	sem_init(&go, 0, 0);
	CHECK(pthread_create(&thread, NULL, wait_for_it, &value) == 0);
	clock_gettime(CLOCK_MONOTONIC, &when);
	CHECK(pthread_clockjoin_np(thread, &result, CLOCK_PROCESS_CPUTIME_ID, &when) == EINVAL);
	CHECK(pthread_clockjoin_np(thread, &result, CLOCK_MONOTONIC, &when) == ETIMEDOUT && result == NULL);
	sem_post(&go);
	when.tv_sec += 100;
	CHECK(pthread_clockjoin_np(thread, &result, CLOCK_MONOTONIC, &when) == 0 && result == &value);

	CHECK(pthread_create(&thread, NULL, wait_for_it, NULL) == 0);
	clock_gettime(CLOCK_REALTIME, &when);
	CHECK(pthread_clockjoin_np(thread, &result, CLOCK_REALTIME, &when) == ETIMEDOUT && result == &value);
	sem_post(&go);
	CHECK(pthread_clockjoin_np(thread, &result, CLOCK_REALTIME, NULL) == 0 && result == NULL);
	return failed;
}
