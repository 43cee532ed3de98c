/* A thread that mostly sleeps runs soon when it is woken, though another never gives the processor up. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 20, MILLISECOND = 1000000 };

static int ends[2];
static volatile int seen;
static int soon;

/* Processor time of the calling thread. */
static long long used(void)
{
	struct timespec time;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void *busy(void *arg)
{
	for (int round = 1; round <= ROUNDS; round++) {
		for (long long end = used() + 6 * MILLISECOND; used() < end;)
			;
		if (write(ends[1], "w", 1) != 1)
			return arg;
		for (long long end = used() + 3 * MILLISECOND; seen != round && used() < end;)
			;
		soon += seen == round;
		while (seen != round)
			sched_yield();
	}
	return arg;
}

int main(void)
{
	pthread_t thread;
	cpu_set_t set;
	char byte;
	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	sched_setaffinity(0, sizeof set, &set);
	if (pipe(ends) != 0)
		return 1;
	pthread_create(&thread, NULL, busy, NULL);
	while (seen < ROUNDS && read(ends[0], &byte, 1) == 1)
		seen++;
	pthread_join(thread, NULL);
	printf("woken %d times, mostly soon: %s\n", seen, soon >= ROUNDS * 3 / 4 ? "yes" : "no");
	return 0;
}
