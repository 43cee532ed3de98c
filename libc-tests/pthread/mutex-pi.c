/* Mutexes with priority inheritance: every type, robust, with time limits, contended, with conditions.
   expect: not-musl it has no pthread_mutex_clocklock */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *name(int error)
{
	switch (error) {
	case 0: return "0";
	case EBUSY: return "EBUSY";
	case EDEADLK: return "EDEADLK";
	case EPERM: return "EPERM";
	case ETIMEDOUT: return "ETIMEDOUT";
	case EINVAL: return "EINVAL";
	case ENOTSUP: return "ENOTSUP";
	case EOWNERDEAD: return "EOWNERDEAD";
	case ENOTRECOVERABLE: return "ENOTRECOVERABLE";
	default: return "?";
	}
}

static void make(pthread_mutex_t *mutex, int type, int robust, int shared)
{
	pthread_mutexattr_t attr;
	int protocol = -1;
	pthread_mutexattr_init(&attr);
	if (pthread_mutexattr_settype(&attr, type))
		puts("settype failed");
	if (robust && pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST))
		puts("setrobust failed");
	if (shared && pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED))
		puts("setpshared failed");
	if (pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT))
		puts("setprotocol failed");
	if (pthread_mutexattr_getprotocol(&attr, &protocol) || protocol != PTHREAD_PRIO_INHERIT)
		puts("getprotocol failed");
	if (pthread_mutex_init(mutex, &attr))
		puts("init failed");
	pthread_mutexattr_destroy(&attr);
}

static struct timespec in_ms(clockid_t clock, long ms)
{
	struct timespec t;
	clock_gettime(clock, &t);
	t.tv_nsec += ms * 1000000;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return t;
}

static void nap(long ms)
{
	struct timespec t = {0, ms * 1000000};
	nanosleep(&t, NULL);
}

static void *try_it(void *mutex)
{
	return (void *)(long)pthread_mutex_trylock(mutex);
}

static void *unlock_it(void *mutex)
{
	return (void *)(long)pthread_mutex_unlock(mutex);
}

static void *wait_for_it(void *mutex)
{
	struct timespec until = in_ms(CLOCK_REALTIME, 20);
	return (void *)(long)pthread_mutex_timedlock(mutex, &until);
}

static void *wait_by_monotonic(void *mutex)
{
	struct timespec until = in_ms(CLOCK_MONOTONIC, 20);
	return (void *)(long)pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &until);
}

static void *wait_till_past(void *mutex)
{
	struct timespec until = {1, 0};
	return (void *)(long)pthread_mutex_timedlock(mutex, &until);
}

static void *wait_till_nonsense(void *mutex)
{
	struct timespec until = {0, 1000000000};
	return (void *)(long)pthread_mutex_timedlock(mutex, &until);
}

static void *die_holding(void *mutex)
{
	return (void *)(long)pthread_mutex_lock(mutex);
}

static const char *in_thread(void *(*function)(void *), pthread_mutex_t *mutex)
{
	pthread_t thread;
	void *result;
	pthread_create(&thread, NULL, function, mutex);
	pthread_join(thread, &result);
	return name((int)(long)result);
}

static long counter;

static void *add(void *mutex)
{
	for (int i = 0; i < 5000; i++) {
		if (pthread_mutex_lock(mutex))
			puts("lock failed");
		counter++;
		if (i % 500 == 0)
			nap(1);
		if (pthread_mutex_unlock(mutex))
			puts("unlock failed");
	}
	return NULL;
}

static void contended(int type, int robust)
{
	pthread_t threads[4];
	pthread_mutex_t mutex;
	make(&mutex, type, robust, 0);
	counter = 0;
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, add, &mutex);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	printf("type %d robust %d: counter %ld destroy %s\n", type, robust, counter, name(pthread_mutex_destroy(&mutex)));
}

static pthread_mutex_t guard;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int turn, waiting;

static void *follow(void *arg)
{
	pthread_mutex_lock(&guard);
	waiting++;
	while (turn == 0)
		if (pthread_cond_wait(&changed, &guard))
			puts("wait failed");
	turn++;
	if (pthread_mutex_unlock(&guard))
		puts("not owned after the wait");
	return arg;
}

static pthread_mutex_t first, second;
static volatile int step;

static void *second_then_first(void *arg)
{
	pthread_mutex_lock(&second);
	step = 1;
	int result = pthread_mutex_lock(&first);
	if (result == 0)
		pthread_mutex_unlock(&first);
	pthread_mutex_unlock(&second);
	(void)arg;
	return (void *)(long)result;
}

static void *hold_robust(void *mutex)
{
	pthread_mutex_lock(mutex);
	step = 1;
	nap(30);
	return NULL;
}

static void *lock_and_tell(void *mutex)
{
	return (void *)(long)pthread_mutex_lock(mutex);
}

int main(void)
{
	static pthread_mutex_t mutex, other;
	pthread_mutexattr_t attr;
	pthread_t thread, threads[3];
	void *result;
	int status, protocol;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_getprotocol(&attr, &protocol);
	printf("default %d", protocol == PTHREAD_PRIO_NONE);
	printf(" nonsense %s\n", name(pthread_mutexattr_setprotocol(&attr, 77)));

	make(&mutex, PTHREAD_MUTEX_NORMAL, 0, 0);
	printf("lock %s", name(pthread_mutex_lock(&mutex)));
	printf(" try %s", name(pthread_mutex_trylock(&mutex)));
	printf(" elsewhere %s", in_thread(try_it, &mutex));
	printf(" timed %s", in_thread(wait_for_it, &mutex));
	printf(" monotonic %s", in_thread(wait_by_monotonic, &mutex));
	printf(" past %s", in_thread(wait_till_past, &mutex));
	printf(" nonsense %s", in_thread(wait_till_nonsense, &mutex));
	printf(" self %s", (char *)wait_for_it(&mutex) == (char *)ETIMEDOUT ? "ETIMEDOUT" : "?");
	printf(" unlock %s", name(pthread_mutex_unlock(&mutex)));
	printf(" free: timed %s\n", in_thread(wait_for_it, &mutex));

	make(&mutex, PTHREAD_MUTEX_RECURSIVE, 0, 0);
	printf("recursive %s", name(pthread_mutex_lock(&mutex)));
	printf(" again %s", name(pthread_mutex_lock(&mutex)));
	printf(" try %s", name(pthread_mutex_trylock(&mutex)));
	printf(" not mine %s", in_thread(unlock_it, &mutex));
	pthread_mutex_unlock(&mutex);
	pthread_mutex_unlock(&mutex);
	printf(" still held %s", in_thread(try_it, &mutex));
	printf(" unlock %s", name(pthread_mutex_unlock(&mutex)));
	printf(" one too many %s\n", name(pthread_mutex_unlock(&mutex)));

	make(&mutex, PTHREAD_MUTEX_ERRORCHECK, 0, 0);
	printf("errorcheck %s", name(pthread_mutex_lock(&mutex)));
	printf(" again %s", name(pthread_mutex_lock(&mutex)));
	printf(" elsewhere %s", in_thread(try_it, &mutex));
	printf(" not mine %s", in_thread(unlock_it, &mutex));
	printf(" unlock %s", name(pthread_mutex_unlock(&mutex)));
	printf(" unlocked %s\n", name(pthread_mutex_unlock(&mutex)));

	contended(PTHREAD_MUTEX_NORMAL, 0);
	contended(PTHREAD_MUTEX_RECURSIVE, 0);
	contended(PTHREAD_MUTEX_ERRORCHECK, 0);
	contended(PTHREAD_MUTEX_NORMAL, 1);

	/* Waiters of a condition get the mutex back one by one. */
	make(&guard, PTHREAD_MUTEX_ERRORCHECK, 0, 0);
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, follow, NULL);
	for (;;) {
		pthread_mutex_lock(&guard);
		if (waiting == 3)
			break;
		pthread_mutex_unlock(&guard);
		nap(1);
	}
	turn = 1;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&guard);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	struct timespec soon = in_ms(CLOCK_REALTIME, 10);
	pthread_mutex_lock(&guard);
	printf("condition %d, timed %s", turn, name(pthread_cond_timedwait(&changed, &guard, &soon)));
	printf(" unlock %s\n", name(pthread_mutex_unlock(&guard)));

	/* Two threads that wait for each other are waited for no longer than the limit. */
	make(&first, PTHREAD_MUTEX_NORMAL, 0, 0);
	make(&second, PTHREAD_MUTEX_NORMAL, 0, 0);
	pthread_mutex_lock(&first);
	step = 0;
	pthread_create(&thread, NULL, second_then_first, NULL);
	while (!step)
		nap(1);
	nap(20);
	printf("cycle %d", wait_for_it(&second) == (void *)ETIMEDOUT);
	pthread_mutex_unlock(&first);
	pthread_join(thread, &result);
	printf(" other %s\n", name((int)(long)result));

	/* An owner that ends: told to the next locker, whether it waited or came later. */
	for (int type = 0; type < 3; type++) {
		make(&mutex, type, 1, 0);
		make(&other, type, 1, 0);
		pthread_mutex_lock(&other);
		printf("type %d died %s", type, in_thread(die_holding, &mutex));
		printf(" try %s", name(pthread_mutex_trylock(&mutex)));
		printf(" busy %s", in_thread(try_it, &mutex));
		printf(" consistent %s", name(pthread_mutex_consistent(&mutex)));
		printf(" twice %s", name(pthread_mutex_consistent(&mutex)));
		/* Leave the list of held mutexes in another order than they came. */
		pthread_mutex_unlock(&other);
		printf(" unlock %s\n", name(pthread_mutex_unlock(&mutex)));
		step = 0;
		pthread_create(&thread, NULL, hold_robust, &mutex);
		while (!step)
			nap(1);
		printf("  waited %s", name(pthread_mutex_lock(&mutex)));
		pthread_join(thread, NULL);
		/* Two wait for a mutex that is then given up. */
		for (int i = 0; i < 2; i++)
			pthread_create(&threads[i], NULL, lock_and_tell, &mutex);
		nap(20);
		printf(" given up %s", name(pthread_mutex_unlock(&mutex)));
		for (int i = 0; i < 2; i++) {
			pthread_join(threads[i], &result);
			printf(" %s", name((int)(long)result));
		}
		printf(" try %s lock %s\n", name(pthread_mutex_trylock(&mutex)), name(pthread_mutex_lock(&mutex)));
	}

	/* Killed in another process, with a plain robust mutex held between two with inheritance. */
	pthread_mutex_t *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	make(&shared[0], PTHREAD_MUTEX_NORMAL, 1, 1);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&shared[1], &attr);
	make(&shared[2], PTHREAD_MUTEX_NORMAL, 1, 1);
	make(&shared[3], PTHREAD_MUTEX_NORMAL, 0, 1);
	fflush(stdout);
	if (fork() == 0) {
		for (int i = 0; i < 4; i++)
			pthread_mutex_lock(&shared[i]);
		_exit(0);
	}
	wait(&status);
	for (int i = 0; i < 3; i++) {
		printf("%d: %s", i, name(pthread_mutex_lock(&shared[i])));
		printf(" consistent %s", name(pthread_mutex_consistent(&shared[i])));
		printf(" unlock %s\n", name(pthread_mutex_unlock(&shared[i])));
	}
	printf("not robust: try %s timed %s\n", name(pthread_mutex_trylock(&shared[3])), in_thread(wait_for_it, &shared[3]));

	/* Without waiters no system call: this mode kills whoever makes one. Kernels without it show the rest. */
	make(&mutex, PTHREAD_MUTEX_NORMAL, 0, 0);
	make(&other, PTHREAD_MUTEX_ERRORCHECK, 0, 0);
	if (fork() == 0) {
		prctl(PR_SET_SECCOMP, 1 /* strict */);
		for (int i = 0; i < 100; i++)
			if (pthread_mutex_lock(&mutex) || pthread_mutex_lock(&other) || pthread_mutex_unlock(&mutex) ||
			    pthread_mutex_unlock(&other) || pthread_mutex_trylock(&mutex) || pthread_mutex_unlock(&mutex))
				syscall(SYS_exit, 1);
		syscall(SYS_exit, 0);
	}
	wait(&status);
	printf("uncontended %d %d\n", WIFEXITED(status), WEXITSTATUS(status));
	return 0;
}
