/* Futexes with priority inheritance: the calls themselves, and a mutex of the C library over them. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WAKE 1
#define REQUEUE 3
#define CMP_REQUEUE 4
#define WAKE_OP 5
#define LOCK_PI 6
#define UNLOCK_PI 7
#define TRYLOCK_PI 8
#define WAKE_BITSET 10
#define WAIT_REQUEUE_PI 11
#define CMP_REQUEUE_PI 12
#define LOCK_PI2 13
#define PRIVATE 128
#define REALTIME 256
#define WAITERS 0x80000000u
#define DIED 0x40000000u
#define TID 0x3fffffffu

static uint32_t word, condition;
static int value, step;

static int futex(uint32_t *at, int operation, uint32_t number, const void *timeout, uint32_t *other, uint32_t third)
{
	long result = syscall(SYS_futex, at, operation, number, timeout, other, third);
	return result == -1 ? -errno : (int)result;
}

static uint32_t tid(void)
{
	return syscall(SYS_gettid);
}

static void nap(int ms)
{
	struct timespec t = {0, ms * 1000000L};
	nanosleep(&t, NULL);
}

static void lock(uint32_t *at)
{
	uint32_t free = 0;
	if (!__atomic_compare_exchange_n(at, &free, tid(), 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		while (futex(at, LOCK_PI | PRIVATE, 0, NULL, NULL, 0))
			;
}

static void unlock(uint32_t *at)
{
	uint32_t mine = tid();
	if (!__atomic_compare_exchange_n(at, &mine, 0, 0, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
		if (futex(at, UNLOCK_PI | PRIVATE, 0, NULL, NULL, 0))
			puts("unlock failed");
}

static void *count(void *arg)
{
	for (int i = 0; i < 2000; i++) {
		lock(&word);
		value++;
		if (i % 200 == 0)
			nap(1);
		unlock(&word);
	}
	return arg;
}

static void *hold(void *arg)
{
	lock(&word);
	step = 1;
	while (step == 1)
		nap(1);
	unlock(&word);
	return arg;
}

static void *die(void *arg)
{
	lock(&word);
	step = 1;
	nap(30);
	return arg;
}

static void *requeued(void *arg)
{
	int result = futex(&condition, WAIT_REQUEUE_PI | PRIVATE, 0, NULL, &word, 0);
	if (result)
		printf("wait_requeue_pi %d\n", result);
	if ((word & TID) != tid())
		puts("requeued without the lock");
	value++;
	unlock(&word);
	return arg;
}

static void *take(void *arg)
{
	lock(&word);
	unlock(&word);
	return arg;
}

static int refused(uint32_t *at, int operation, uint32_t number, long second, uint32_t *other, uint32_t third)
{
	return futex(at, operation | PRIVATE, number, (void *)second, other, third) == -EINVAL;
}

/* Who waits for a lock is woken by its unlocking only. */
static void others_refused(void)
{
	enum { OR_0_IF_NOT_0 = 2 << 28 | 1 << 24 };
	static uint32_t other;
	pthread_t thread;

	word = 0;
	lock(&word);
	pthread_create(&thread, NULL, take, NULL);
	while (!(__atomic_load_n(&word, __ATOMIC_RELAXED) & WAITERS))
		nap(1);
	printf("wake %d %d\n", refused(&word, WAKE, 1, 0, NULL, 0), refused(&word, WAKE_BITSET, 1, 0, NULL, 4));
	printf("requeue %d %d %d %d\n", refused(&word, REQUEUE, 0, 1, &other, 0), refused(&word, REQUEUE, 1, 0, &other, 0),
		refused(&word, REQUEUE, 0, 1, &word, 0), refused(&word, CMP_REQUEUE, 0, 1, &other, word));
	printf("to a lock %d\n", refused(&word, CMP_REQUEUE_PI, 1, 1, &other, word));
	printf("wake_op %d %d\n", refused(&word, WAKE_OP, 1, 1, &other, OR_0_IF_NOT_0),
		refused(&other, WAKE_OP, 1, 1, &word, OR_0_IF_NOT_0));
	printf("changed %d\n", futex(&word, CMP_REQUEUE | PRIVATE, 0, (void *)1, &other, ~word) == -EAGAIN);
	printf("none wanted %d\n", futex(&word, REQUEUE | PRIVATE, 0, NULL, &other, 0));
	printf("elsewhere %d %d\n", futex(&other, WAKE | PRIVATE, 1, NULL, NULL, 0),
		futex(&other, REQUEUE | PRIVATE, 1, (void *)1, &word, 0));
	unlock(&word);
	pthread_join(thread, NULL);
	printf("unlocked %d: wake %d\n", !(word & TID), futex(&word, WAKE | PRIVATE, 1, NULL, NULL, 0));
	word = 0;
}

static pthread_mutex_t *mutex;

int main(void)
{
	pthread_t threads[4];
	struct timespec soon;
	int status;

	int locked = futex(&word, TRYLOCK_PI | PRIVATE, 0, NULL, NULL, 0);
	printf("trylock %d owner %d\n", locked, word == tid());
	printf("again %d\n", futex(&word, LOCK_PI | PRIVATE, 0, NULL, NULL, 0) == -EDEADLK);
	int result = futex(&word, UNLOCK_PI | PRIVATE, 0, NULL, NULL, 0);
	printf("unlock %d word %u\n", result, word);
	printf("not mine %d\n", futex(&word, UNLOCK_PI | PRIVATE, 0, NULL, NULL, 0) == -EPERM);
	word = 0x3ffffff0;
	printf("no such owner %d\n", futex(&word, LOCK_PI | PRIVATE, 0, NULL, NULL, 0) == -ESRCH);
	word = 0;
	printf("odd address %d\n", futex((uint32_t *)((char *)&word + 1), LOCK_PI | PRIVATE, 0, NULL, NULL, 0) == -EINVAL);
	printf("null %d\n", futex(NULL, LOCK_PI | PRIVATE, 0, NULL, NULL, 0) == -EFAULT);

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, count, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	printf("counted %d word %u\n", value, word);

	pthread_create(&threads[0], NULL, hold, NULL);
	while (step != 1)
		nap(1);
	printf("held: trylock %d\n", futex(&word, TRYLOCK_PI | PRIVATE, 0, NULL, NULL, 0) == -EAGAIN);
	clock_gettime(CLOCK_REALTIME, &soon);
	soon.tv_nsec += 20000000;
	soon.tv_sec += soon.tv_nsec / 1000000000;
	soon.tv_nsec %= 1000000000;
	printf("times out %d\n", futex(&word, LOCK_PI | PRIVATE, 0, &soon, NULL, 0) == -ETIMEDOUT);
	clock_gettime(CLOCK_MONOTONIC, &soon);
	result = futex(&word, LOCK_PI2 | PRIVATE, 0, &soon, NULL, 0);
	printf("times out at once %d\n", result == -ETIMEDOUT || result == -ENOSYS);
	step = 2;
	lock(&word);
	printf("locked after it %d\n", (word & TID) == tid());
	unlock(&word);
	pthread_join(threads[0], NULL);

	/* The owner ends while this thread waits. */
	step = 0;
	pthread_create(&threads[0], NULL, die, NULL);
	while (step != 1)
		nap(1);
	result = futex(&word, LOCK_PI | PRIVATE, 0, NULL, NULL, 0);
	printf("inherited %d mine %d died %d\n", result, (word & TID) == tid(), (word & DIED) != 0);
	pthread_join(threads[0], NULL);
	word = 0;

	/* Waiters move from a condition to the lock. */
	value = 0;
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, requeued, NULL);
	nap(50);
	printf("changed %d\n", futex(&condition, CMP_REQUEUE_PI | PRIVATE, 1, (void *)10, &word, 77) == -EAGAIN);
	printf("wakes two %d\n", futex(&condition, CMP_REQUEUE_PI | PRIVATE, 2, (void *)10, &word, 0) == -EINVAL);
	lock(&word);
	printf("moved %d\n", futex(&condition, CMP_REQUEUE_PI | PRIVATE, 1, (void *)10, &word, 0));
	nap(20);
	printf("none ran %d\n", value);
	unlock(&word);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	printf("all ran %d word %u\n", value, word & TID);
	printf("same %d\n", futex(&word, WAIT_REQUEUE_PI | PRIVATE, word, NULL, &word, 0) == -EINVAL);
	soon.tv_sec = 0;
	soon.tv_nsec = 1;
	word = 0;
	printf("early %d\n", futex(&condition, WAIT_REQUEUE_PI | PRIVATE, 0, &soon, &word, 0) == -ETIMEDOUT);

	others_refused();

	/* A mutex in shared memory, robust and with inheritance, whose owner is killed. */
	pthread_mutexattr_t attributes;
	mutex = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	printf("protocol %d", pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT));
	printf(" init %d\n", pthread_mutex_init(mutex, &attributes));
	fflush(stdout);
	if (fork() == 0) {
		pthread_mutex_lock(mutex);
		nap(30);
		_exit(0);
	}
	nap(10);
	printf("owner dead %d\n", pthread_mutex_lock(mutex) == EOWNERDEAD);
	printf("consistent %d\n", pthread_mutex_consistent(mutex));
	printf("unlock %d\n", pthread_mutex_unlock(mutex));
	printf("lock %d\n", pthread_mutex_lock(mutex));
	wait(&status);
	return 0;
}
