/* expect: not-musl has no kinds of read-write locks */
/* Whom a read-write lock prefers: its kind, the waiting writer and those who come after it. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

static int failed;
static pthread_rwlock_t by_initialiser = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;
static atomic_int turn, writer_turn, readers_done, entered;

static void milliseconds(long n)
{
	struct timespec t = {n / 1000, n % 1000 * 1000000};
	nanosleep(&t, 0);
}

static struct timespec after(clockid_t clock, long n)
{
	struct timespec t;
	clock_gettime(clock, &t);
	t.tv_nsec += n * 1000000;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return t;
}

static void *write_once(void *lock)
{
	entered = 1;
	if (pthread_rwlock_wrlock(lock))
		return (void *)1;
	writer_turn = ++turn;
	pthread_rwlock_unlock(lock);
	return 0;
}

static void *read_once(void *lock)
{
	if (pthread_rwlock_rdlock(lock))
		return (void *)1;
	turn++;
	readers_done++;
	pthread_rwlock_unlock(lock);
	return 0;
}

static void *write_in_time(void *lock)
{
	struct timespec t = after(CLOCK_REALTIME, 150);
	return (void *)(long)pthread_rwlock_timedwrlock(lock, &t);
}

/* Whether a writer that waits comes to keep readers out. */
static int writer_waits(pthread_rwlock_t *lock)
{
	for (int i = 0; i < 2000; i++) {
		int result = pthread_rwlock_tryrdlock(lock);
		if (result == EBUSY)
			return 1;
		if (result || pthread_rwlock_unlock(lock))
			return 0;
		milliseconds(1);
	}
	return 0;
}

/* Readers go first: a thread that reads may read again, whoever waits. */
static void readers_first(int kind)
{
	pthread_rwlockattr_t attributes;
	pthread_rwlock_t lock;
	pthread_t writer;
	void *result;
	pthread_rwlockattr_init(&attributes);
	CHECK(pthread_rwlockattr_setkind_np(&attributes, kind) == 0);
	CHECK(pthread_rwlock_init(&lock, kind ? &attributes : 0) == 0 && pthread_rwlock_rdlock(&lock) == 0);
	entered = 0;
	pthread_create(&writer, 0, write_once, &lock);
	while (!entered)
		milliseconds(1);
	milliseconds(30);
	CHECK(pthread_rwlock_tryrdlock(&lock) == 0 && pthread_rwlock_rdlock(&lock) == 0);
	CHECK(pthread_rwlock_unlock(&lock) == 0 && pthread_rwlock_unlock(&lock) == 0 && pthread_rwlock_unlock(&lock) == 0);
	CHECK(pthread_join(writer, &result) == 0 && !result && pthread_rwlock_destroy(&lock) == 0);
}

/* A writer that waits goes before the readers that come after it. */
static void writer_first(pthread_rwlock_t *lock)
{
	pthread_t writer, readers[3];
	void *result;
	turn = writer_turn = readers_done = 0;
	CHECK(pthread_rwlock_rdlock(lock) == 0 && pthread_rwlock_tryrdlock(lock) == 0 && pthread_rwlock_unlock(lock) == 0);
	pthread_create(&writer, 0, write_once, lock);
	CHECK(writer_waits(lock));
	for (int i = 0; i < 3; i++)
		pthread_create(&readers[i], 0, read_once, lock);
	struct timespec t = after(CLOCK_REALTIME, 30);
	CHECK(pthread_rwlock_timedrdlock(lock, &t) == ETIMEDOUT);
	t = after(CLOCK_MONOTONIC, 1);
	CHECK(pthread_rwlock_clockrdlock(lock, CLOCK_MONOTONIC, &t) == ETIMEDOUT);
	CHECK(pthread_rwlock_trywrlock(lock) == EBUSY && readers_done == 0 && turn == 0);
	CHECK(pthread_rwlock_unlock(lock) == 0);
	CHECK(pthread_join(writer, &result) == 0 && !result && writer_turn == 1);
	for (int i = 0; i < 3; i++)
		CHECK(pthread_join(readers[i], &result) == 0 && !result);
	CHECK(readers_done == 3 && pthread_rwlock_trywrlock(lock) == 0 && pthread_rwlock_tryrdlock(lock) == EBUSY);
	CHECK(pthread_rwlock_unlock(lock) == 0);
}

/* A writer that gives up lets readers in again, those that wait as well. */
static void writer_gives_up(pthread_rwlock_t *lock)
{
	pthread_t writer, reader;
	void *result;
	readers_done = 0;
	CHECK(pthread_rwlock_rdlock(lock) == 0);
	pthread_create(&writer, 0, write_in_time, lock);
	CHECK(writer_waits(lock));
	pthread_create(&reader, 0, read_once, lock);
	CHECK(pthread_join(writer, &result) == 0 && (long)result == ETIMEDOUT);
	CHECK(pthread_join(reader, &result) == 0 && !result && readers_done == 1);
	CHECK(pthread_rwlock_tryrdlock(lock) == 0 && pthread_rwlock_unlock(lock) == 0 && pthread_rwlock_unlock(lock) == 0);
	CHECK(pthread_rwlock_trywrlock(lock) == 0 && pthread_rwlock_unlock(lock) == 0);
}

static long first, second, torn;

static void *work(void *lock)
{
	for (int i = 0; i < 4000; i++) {
		struct timespec t;
		switch (i % 4) {
		case 0:
			pthread_rwlock_wrlock(lock);
			first++;
			second++;
			pthread_rwlock_unlock(lock);
			break;
		case 1:
			t = after(CLOCK_MONOTONIC, 0);
			if (pthread_rwlock_clockwrlock(lock, CLOCK_MONOTONIC, &t) == 0) {
				first++;
				second++;
				pthread_rwlock_unlock(lock);
			}
			break;
		default:
			pthread_rwlock_rdlock(lock);
			if (first != second)
				torn++;
			pthread_rwlock_unlock(lock);
		}
	}
	return 0;
}

int main(void)
{
	pthread_rwlockattr_t attributes;
	pthread_rwlock_t lock;
	int kind = -1;
	CHECK(PTHREAD_RWLOCK_DEFAULT_NP == PTHREAD_RWLOCK_PREFER_READER_NP && PTHREAD_RWLOCK_PREFER_READER_NP == 0);
	CHECK(PTHREAD_RWLOCK_PREFER_WRITER_NP == 1 && PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP == 2);
	CHECK(pthread_rwlockattr_init(&attributes) == 0 && pthread_rwlockattr_getkind_np(&attributes, &kind) == 0 && kind == 0);
	for (int i = 0; i < 3; i++)
		CHECK(pthread_rwlockattr_setkind_np(&attributes, i) == 0 && pthread_rwlockattr_getkind_np(&attributes, &kind) == 0 && kind == i);
	CHECK(pthread_rwlockattr_setkind_np(&attributes, -1) == EINVAL && pthread_rwlockattr_setkind_np(&attributes, 3) == EINVAL);
	CHECK(pthread_rwlockattr_getkind_np(&attributes, &kind) == 0 && kind == 2);

	readers_first(PTHREAD_RWLOCK_PREFER_READER_NP);
	readers_first(PTHREAD_RWLOCK_PREFER_WRITER_NP);

	CHECK(pthread_rwlock_init(&lock, &attributes) == 0);
	writer_first(&lock);
	writer_gives_up(&lock);
	writer_first(&lock);
	CHECK(pthread_rwlock_destroy(&lock) == 0);
	writer_first(&by_initialiser);
	writer_gives_up(&by_initialiser);

	pthread_t threads[4];
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], 0, work, &by_initialiser);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], 0);
	CHECK(first == second && !torn && first >= 4000);

	/* The writer in another process. */
	pthread_rwlock_t *shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(pthread_rwlockattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) == 0 && pthread_rwlock_init(shared, &attributes) == 0);
	CHECK(pthread_rwlock_rdlock(shared) == 0);
	pid_t child = fork();
	if (child == 0)
		_exit(pthread_rwlock_wrlock(shared) || pthread_rwlock_unlock(shared));
	CHECK(writer_waits(shared) && pthread_rwlock_unlock(shared) == 0);
	int status = -1;
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	CHECK(pthread_rwlock_rdlock(shared) == 0 && pthread_rwlock_unlock(shared) == 0 && pthread_rwlockattr_destroy(&attributes) == 0);
	return failed;
}
