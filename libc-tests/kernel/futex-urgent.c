/* Priority inheritance, on one processor: the owner of a lock, ready but not running, gets the processor before threads
 * that are less urgent than who waits for the lock, and gives it back with the lock (futex(2)). */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
	FUTEX_LOCK_PI = 6,
	FUTEX_UNLOCK_PI = 7,
	FUTEX_PRIVATE_FLAG = 128,
};

enum { PATIENCE = 10 };

static volatile uint32_t word;
static volatile int waits, got, released, too_soon, equal;

static void become(int priority)
{
	struct sched_param parameters = { priority };
	/* The kernel's call: it means this thread. Without the right to it all are equal, and the lock comes as well. */
	if (syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &parameters) != 0)
		equal = 1;
}

static time_t seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void *low(void *arg)
{
	word = syscall(SYS_gettid);
	while (!waits)
		;
	syscall(SYS_futex, &word, FUTEX_UNLOCK_PI | FUTEX_PRIVATE_FLAG, 0, NULL, NULL, 0);
	/* As urgent as before: the others were first. */
	too_soon = !got && !equal;
	released = 1;
	return arg;
}

static void *middle(void *arg)
{
	become(10);
	for (time_t end = seconds() + PATIENCE; !got && seconds() < end;)
		;
	printf("in the middle: the lock was %s\n", got ? "taken" : "not given");
	return arg;
}

static void *high(void *arg)
{
	become(20);
	waits = 1;
	long result = syscall(SYS_futex, &word, FUTEX_LOCK_PI | FUTEX_PRIVATE_FLAG, 0, NULL, NULL, 0);
	got = 1;
	printf("lock: %ld\n", result);
	return arg;
}

int main(void)
{
	pthread_t threads[3];
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	sched_setaffinity(0, sizeof set, &set);
	pthread_create(&threads[0], NULL, low, NULL);
	while (!word)
		sched_yield();
	become(30);
	/* Both begin as urgent as this thread; once it sleeps they take their own places. */
	pthread_create(&threads[1], NULL, high, NULL);
	pthread_create(&threads[2], NULL, middle, NULL);
	for (int i = 1; i < 3; i++)
		pthread_join(threads[i], NULL);
	pthread_join(threads[0], NULL);
	printf("released %d, too soon %d\n", released, too_soon);
	return 0;
}
