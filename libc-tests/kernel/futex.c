/* Futexes by their raw calls: what they count, whom they reach, and what the kernel does for a lock whose owner ends
 * or calls execve (futex(2), set_robust_list(2), set_tid_address(2)). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	FUTEX_WAIT = 0,
	FUTEX_WAKE = 1,
	FUTEX_REQUEUE = 3,
	FUTEX_CMP_REQUEUE = 4,
	FUTEX_LOCK_PI = 6,
	FUTEX_WAIT_REQUEUE_PI = 11,
	FUTEX_CMP_REQUEUE_PI = 12,
	FUTEX_PRIVATE_FLAG = 128,
	FUTEX_CLOCK_REALTIME = 256,
	FUTEX_TID_MASK = 0x3fffffff,
};

static uint32_t first, second;

static long futex(volatile uint32_t *word, int operation, uint32_t value, const void *timeout, volatile uint32_t *other,
		  uint32_t third)
{
	long result = syscall(SYS_futex, word, operation, value, timeout, other, third);
	return result < 0 ? -errno : result;
}

static void nap(int ms)
{
	struct timespec time = { 0, ms * 1000000L };
	nanosleep(&time, NULL);
}

/* Until a thread of this process sleeps in a call: the state in its stat. */
static void until_asleep(pid_t tid)
{
	char path[64], line[256];
	snprintf(path, sizeof path, "/proc/%d/task/%d/stat", (int)getpid(), (int)tid);
	for (;;) {
		FILE *file = fopen(path, "r");
		char *end = file && fgets(line, sizeof line, file) ? strrchr(line, ')') : NULL;
		if (file)
			fclose(file);
		if (!end || end[2] == 'S')
			return;
		sched_yield();
	}
}

static volatile pid_t tids[4];

static void *waiter(void *number)
{
	tids[(long)number] = syscall(SYS_gettid);
	futex(&first, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 0, NULL, NULL, 0);
	return NULL;
}

static volatile uint32_t lock_word;

static void *requeue_waiter(void *number)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += 20;
	tids[(long)number] = syscall(SYS_gettid);
	long result = futex(&first, FUTEX_WAIT_REQUEUE_PI | FUTEX_PRIVATE_FLAG, 0, &until, &lock_word, 0);
	printf("requeue waiter: %ld, owns it %d\n", result, (lock_word & FUTEX_TID_MASK) == (uint32_t)tids[(long)number]);
	return NULL;
}

static void start(pthread_t *thread, void *(*run)(void *), long number)
{
	tids[number] = 0;
	pthread_create(thread, NULL, run, (void *)number);
	while (!tids[number])
		sched_yield();
	until_asleep(tids[number]);
}

static void answers(void)
{
	pthread_t threads[3];
	struct timespec short_time = { 0, 1000000 };
	for (long i = 0; i < 3; i++)
		start(&threads[i], waiter, i);
	printf("requeue, wake 1, move 2: %ld\n", futex(&first, FUTEX_REQUEUE | FUTEX_PRIVATE_FLAG, 1, (void *)2, &second, 0));
	printf("wake: %ld\n", futex(&second, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 9, NULL, NULL, 0));
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	for (long i = 0; i < 2; i++)
		start(&threads[i], waiter, i);
	printf("requeue onto itself: %ld\n", futex(&first, FUTEX_CMP_REQUEUE | FUTEX_PRIVATE_FLAG, 0, (void *)2, &first, 0));
	printf("wake: %ld\n", futex(&first, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 9, NULL, NULL, 0));
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	long result = futex(&first, FUTEX_WAIT | FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME, 0, &short_time, NULL, 0);
	printf("wait with a clock: %d\n", result == -ENOSYS);
	result = futex((void *)0xffff800000000000, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
	printf("wake at an address of the kernel: %d\n", result == -EFAULT);

	start(&threads[0], requeue_waiter, 0);
	result = futex(&first, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
	printf("wake of who waits for a lock: %d\n", result == -EINVAL);
	result = futex(&first, FUTEX_CMP_REQUEUE | FUTEX_PRIVATE_FLAG, 0, (void *)1, &second, 0);
	printf("requeue of it: %d\n", result == -EINVAL);
	result = futex(&first, FUTEX_CMP_REQUEUE_PI | FUTEX_PRIVATE_FLAG, 1, (void *)0, &lock_word, 0);
	pthread_join(threads[0], NULL);
	printf("with the lock: %ld\n", result);
}

static uint32_t *gone;

static void *wait_on_gone(void *number)
{
	struct timespec limit = { 0, 200000000 };
	tids[(long)number] = syscall(SYS_gettid);
	long result = futex(gone, FUTEX_WAIT, 0, &limit, NULL, 0);
	printf("waiter on unmapped memory: %s\n", result == -ETIMEDOUT ? "timed out" : "woken");
	return NULL;
}

/* Who waits on memory that is unmapped is not found by who wakes another futex. */
static void stale(void)
{
	pthread_t thread;
	long strangers = 0;
	gone = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	start(&thread, wait_on_gone, 0);
	munmap(gone, 4096);
	for (int i = 0; i < 300; i++) {
		uint32_t *other = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		*other = 1;
		strangers += futex(other, FUTEX_WAKE, 1, NULL, NULL, 0);
		if (i % 2)
			munmap(other, 4096);
	}
	printf("strangers woken: %ld\n", strangers);
	pthread_join(thread, NULL);
}

static struct node {
	struct node *next;
	uint32_t word;
} robust;

static struct {
	void *next;
	long offset;
	void *pending;
} head = { &head, offsetof(struct node, word), &robust };

static void *wait_robust(void *number)
{
	struct timespec limit = { 20, 0 };
	tids[(long)number] = syscall(SYS_gettid);
	long result = futex(&robust.word, FUTEX_WAIT, 0, &limit, NULL, 0);
	printf("waiter of a lock just unlocked: %s\n", result == 0 ? "woken" : "timed out");
	return NULL;
}

static void *unlock_and_end(void *arg)
{
	/* The word is 0 already; the wake-up is still to come. */
	syscall(SYS_set_robust_list, &head, sizeof head);
	syscall(SYS_exit, 0);
	return arg;
}

/* In a process of its own, for the library does not know of that thread's end. */
static void pending(void)
{
	pthread_t waits, ends;
	pid_t child = fork();
	if (child == 0) {
		start(&waits, wait_robust, 0);
		pthread_create(&ends, NULL, unlock_and_end, NULL);
		pthread_join(waits, NULL);
		fflush(stdout);
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

static volatile uint32_t child_tid = 1;
static int hold[2];

static void become_another(void)
{
	char number[16];
	snprintf(number, sizeof number, "%d", hold[0]);
	execl("/proc/self/exe", "futex", "hold", number, NULL);
	_exit(9);
}

/* As vfork, whose call cannot ask for the word to be cleared: the child has this stack, so nothing may return. */
static inline __attribute__((always_inline)) pid_t borrow(void)
{
	long result, flags = CLONE_VM | CLONE_VFORK | CLONE_CHILD_CLEARTID | SIGCHLD;
	register volatile uint32_t *word __asm__("r10") = &child_tid;
	register long tls __asm__("r8") = 0;
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(SYS_clone), "D"(flags), "S"(0L), "d"(0L), "r"(word), "r"(tls)
			 : "rcx", "r11", "memory");
	return result;
}

/* The new program lives until the pipe is closed here. */
static void exec(void)
{
	pthread_mutex_t *mutex = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	volatile int *locked = (int *)(mutex + 1);
	pthread_mutexattr_t attributes;
	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	for (int inherits = 0; inherits < 2; inherits++) {
		pthread_mutexattr_setprotocol(&attributes, inherits ? PTHREAD_PRIO_INHERIT : PTHREAD_PRIO_NONE);
		pthread_mutex_init(mutex, &attributes);
		*locked = 0;
		if (pipe(hold) != 0)
			perror("pipe");
		pid_t child = fork();
		if (child == 0) {
			close(hold[1]);
			pthread_mutex_lock(mutex);
			*locked = 1;
			nap(20);
			become_another();
		}
		while (!*locked)
			sched_yield();
		struct timespec until;
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += 20;
		int result = pthread_mutex_timedlock(mutex, &until);
		printf("the holder calls exec: %s, it lives %d\n", result == EOWNERDEAD ? "owner died" : strerror(result),
		       waitpid(child, NULL, WNOHANG) == 0);
		close(hold[0]);
		close(hold[1]);
		waitpid(child, NULL, 0);
	}
	if (pipe(hold) != 0)
		perror("pipe");
	fcntl(hold[1], F_SETFD, FD_CLOEXEC);
	pid_t child = borrow();
	if (child == 0)
		become_another();
	struct timespec limit = { 20, 0 };
	while (child_tid && futex(&child_tid, FUTEX_WAIT, 1, &limit, NULL, 0) == 0)
		;
	printf("CLONE_CHILD_CLEARTID at exec: %u, it lives %d\n", child_tid, waitpid(child, NULL, WNOHANG) == 0);
	close(hold[0]);
	close(hold[1]);
	waitpid(child, NULL, 0);
}

static uint32_t foreign; /* private memory, at one address in both */
static volatile uint32_t *both;

static void *named(void *arg)
{
	both[0] = syscall(SYS_gettid);
	while (!both[1])
		nap(1);
	syscall(SYS_exit, 0);
	return arg;
}

/* A word that names a thread of another process: that one's memory is its own. */
static void stranger(void)
{
	both = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t other = fork();
	if (other == 0) {
		pthread_t thread;
		foreign = 0;
		pthread_create(&thread, NULL, named, NULL);
		while (!both[0] || syscall(SYS_tgkill, getpid(), both[0], 0) == 0)
			nap(1);
		nap(5);
		_exit(foreign != 0);
	}
	while (!both[0])
		nap(1);
	pid_t child = fork();
	if (child == 0) {
		struct timespec until;
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += 20;
		foreign = both[0];
		long result = futex(&foreign, FUTEX_LOCK_PI | FUTEX_PRIVATE_FLAG, 0, &until, NULL, 0);
		printf("a lock of another process: %d\n", result == -EPERM);
		fflush(stdout);
		_exit(0);
	}
	/* Should it wait, it is let go on. */
	int status, ended = 0;
	for (int i = 0; i < 2000 && !ended; i++) {
		ended = waitpid(child, NULL, WNOHANG) == child;
		nap(1);
	}
	both[1] = 1;
	if (!ended)
		waitpid(child, NULL, 0);
	waitpid(other, &status, 0);
	printf("its memory is %s\n", status ? "changed" : "untouched");
}

int main(int count, char **arguments)
{
	char byte;
	if (count > 2)
		return read(atoi(arguments[2]), &byte, 1) != 0;
	answers();
	stale();
	fflush(stdout);
	pending();
	stranger();
	fflush(stdout);
	exec();
	return 0;
}
