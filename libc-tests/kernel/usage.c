/* What processes have used: getrusage(2), times(2), wait4(2). */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAGES = 2000 };

static long microseconds(struct timeval time)
{
	return time.tv_sec * 1000000 + time.tv_usec;
}

static struct rusage usage(int who)
{
	struct rusage result;
	memset(&result, 0x55, sizeof result);
	if (getrusage(who, &result) != 0)
		perror("getrusage");
	return result;
}

static double used(void)
{
	struct timespec time;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return time.tv_sec + time.tv_nsec * 1e-9;
}

static volatile unsigned long sink;

/* Both look at the clock rarely, so that looking is not what they do. */
static void compute(double seconds)
{
	double end = used() + seconds;
	do
		for (int i = 0; i < 1000000; i++)
			sink += i;
	while (used() < end);
}

static void call(double seconds)
{
	double end = used() + seconds;
	int zero = open("/dev/zero", O_RDONLY);
	static char buffer[1 << 16];
	do
		for (int i = 0; i < 100; i++)
			if (read(zero, buffer, sizeof buffer) != sizeof buffer)
				perror("read");
	while (used() < end);
	close(zero);
}

static void *compute_in_thread(void *unused)
{
	(void)unused;
	compute(0.1);
	struct rusage own = usage(RUSAGE_THREAD);
	printf("thread: %d\n", microseconds(own.ru_utime) >= 60000);
	return NULL;
}

/* Runs `f` in a child and tells what wait4 says that it used. */
static struct rusage child(void (*f)(void))
{
	struct rusage result;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		f();
		fflush(stdout);
		_exit(0);
	}
	wait4(pid, NULL, 0, &result);
	return result;
}

static void computes(void) { compute(0.2); }
static void calls(void) { call(0.2); }
static void has_child(void) { child(computes); }
static void takes_memory(void)
{
	char *memory = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct rusage before = usage(RUSAGE_SELF);
	for (int i = 0; i < PAGES; i++)
		memory[i * 4096] = 1;
	struct rusage after = usage(RUSAGE_SELF);
	long faults = after.ru_minflt - before.ru_minflt;
	printf("faults: %d %d\n", faults >= PAGES / 512, after.ru_majflt - before.ru_majflt == 0);
	munmap(memory, PAGES * 4096);
	printf("peak stays: %d\n", usage(RUSAGE_SELF).ru_maxrss >= PAGES * 3);
}
static void sleeps(void)
{
	struct rusage before = usage(RUSAGE_SELF);
	for (int i = 0; i < 10; i++)
		usleep(1000);
	struct rusage after = usage(RUSAGE_SELF);
	printf("voluntary switches: %d\n", after.ru_nvcsw - before.ru_nvcsw >= 10);
}
static void never_shrinks(void)
{
	struct rusage last = usage(RUSAGE_SELF);
	int shrunk = 0;
	for (int i = 0; i < 40; i++) {
		if (i % 2)
			compute(0.002);
		else
			call(0.002);
		struct rusage now = usage(RUSAGE_SELF);
		shrunk += microseconds(now.ru_utime) < microseconds(last.ru_utime) ||
			  microseconds(now.ru_stime) < microseconds(last.ru_stime);
		last = now;
	}
	printf("shrunk: %d\n", shrunk);
}

static void zeros(void)
{
	enum { EMPTY = 32 << 20 };
	long peak = usage(RUSAGE_SELF).ru_maxrss;
	volatile char *empty = mmap(NULL, EMPTY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	madvise((void *)empty, EMPTY, MADV_NOHUGEPAGE);
	for (int i = 0; i < EMPTY; i += 4096)
		sink += empty[i];
	printf("read: %d\n", usage(RUSAGE_SELF).ru_maxrss - peak < 8192);
	for (int i = 0; i < EMPTY / 2; i += 4096)
		empty[i] = 1;
	printf("written: %d\n", usage(RUSAGE_SELF).ru_maxrss - peak > 8192);
}

int main(void)
{
	/* Linux may divide the time by a few samples only: which is greater is all that is sure. */
	struct rusage one = child(computes), two = child(calls);
	printf("computing: %d %d\n", microseconds(one.ru_utime) >= 100000,
	       microseconds(one.ru_utime) > microseconds(one.ru_stime));
	printf("calling: %d %d\n", microseconds(two.ru_stime) >= 100000,
	       microseconds(two.ru_stime) > microseconds(two.ru_utime));
	child(takes_memory);
	child(sleeps);
	child(never_shrinks);

	/* A child's child counts when both were waited for. */
	struct rusage both = child(has_child);
	printf("grandchild: %d\n", microseconds(both.ru_utime) >= 100000);
	struct rusage all = usage(RUSAGE_CHILDREN);
	printf("children: %d %d\n", microseconds(all.ru_utime) >= 300000, all.ru_maxrss >= PAGES * 3);

	/* Nobody waits for this one. */
	signal(SIGCHLD, SIG_IGN);
	long before = microseconds(usage(RUSAGE_CHILDREN).ru_utime);
	fflush(stdout);
	if (fork() == 0) {
		compute(0.1);
		_exit(0);
	}
	int left = wait(NULL);
	printf("not waited for: %d %d\n", left == -1,
	       microseconds(usage(RUSAGE_CHILDREN).ru_utime) - before < 50000);
	signal(SIGCHLD, SIG_DFL);

	/* Zeros that were only read take no memory. A child's peak is its own; this one's may be that of what called exec. */
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		zeros();
		fflush(stdout);
		_exit(0);
	}
	waitpid(child, NULL, 0);

	pthread_t thread;
	pthread_create(&thread, NULL, compute_in_thread, NULL);
	pthread_join(thread, NULL);
	struct tms now;
	times(&now);
	printf("times: %d %d\n", now.tms_utime >= 6, now.tms_cutime >= 30);
	struct rusage self = usage(RUSAGE_SELF);
	printf("unused: %ld %ld %ld\n", self.ru_ixrss, self.ru_nswap, self.ru_nsignals);
	struct rusage bad;
	printf("bad: %d\n", getrusage(7, &bad));
	return 0;
}
