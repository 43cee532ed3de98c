/* Programs that take all they can get: each ends in an error to itself, or by the kernel's hand, and the system
 * goes on. A limit of the user stands for the machine's on a kernel that is not ours to wear down. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

static int on_clew;

static void limit(int resource, rlim_t soft)
{
	struct rlimit both = { soft, soft };
	if (setrlimit(resource, &both) != 0)
		perror("setrlimit");
}

static const char *word(int error)
{
	return error == EAGAIN ? "EAGAIN" : error == ENOMEM ? "ENOMEM" : error == EMFILE ? "EMFILE" : error == ENFILE ? "ENFILE" : "other";
}

/* Everybody forks, and so do all the children, until nobody can. */
static void forks(void)
{
	int failed[2], gate[2], alive[2];
	if (pipe(failed) != 0 || pipe(gate) != 0 || pipe(alive) != 0)
		perror("pipe");
	limit(RLIMIT_NPROC, 60);
	/* A user that nobody is, nor was a moment ago. */
	if (setuid(1000000 + getpid()) != 0)
		perror("setuid");
	pid_t first = getpid(), child;
	while ((child = fork()) >= 0)
		if (child == 0)
			close(gate[1]);
	int refused = errno == EAGAIN;
	char byte;
	if (getpid() != first) {
		/* Nobody ends before all have failed, or there would be room again. */
		if (write(failed[1], refused ? "y" : "n", 1) != 1)
			_exit(1);
		close(failed[1]);
		_exit(read(gate[0], &byte, 1) != 0);
	}
	close(failed[1]);
	close(alive[1]);
	while (read(failed[0], &byte, 1) == 1)
		refused += byte == 'y';
	printf("forks: %d processes were refused more\n", refused);
	close(gate[1]);
	while (read(alive[0], &byte, 1) > 0)
		;
	while (wait(NULL) > 0)
		;
}

static void mappings(void)
{
	/* Neighbours that differ, so that they do not become one. */
	long count = 0;
	char *at = mmap(NULL, 1ul << 31, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	while (mprotect(at + count * 8192, 4096, PROT_READ) == 0)
		count++;
	printf("areas: %s, more than ten thousand %d\n", word(errno), count > 10000);
	printf("one can go %d\n", munmap(at, 8192) == 0);
}

static void address_space(void)
{
	/* As much as there are addresses, at no cost; then a second of them as pages. */
	long terabytes = 0;
	while (terabytes < 200 && mmap(NULL, 1ul << 40, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) != MAP_FAILED)
		terabytes++;
	printf("terabytes: %s, more than a hundred %d\n", word(errno), terabytes > 100);
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	printf("cheap %d\n", usage.ru_maxrss < 20000);
}

static void descriptors(void)
{
	int count = 0, last = -1, fd;
	limit(RLIMIT_NOFILE, 5000);
	while ((fd = open("/dev/null", O_RDONLY)) >= 0) {
		last = fd;
		count++;
	}
	printf("files: %s, last %d, %d\n", word(errno), last, count > 4900);
	close(last);
	int ends[2];
	int result = pipe(ends);
	printf("pipe with one place: %s\n", result ? word(errno) : "granted");
	close(last - 1);
	printf("pipe with two: %d\n", pipe(ends));
}

/* Pipes, all of them full. */
static void pipes(void)
{
	static char block[65536];
	int count = 0, ends[2];
	limit(RLIMIT_NOFILE, 400);
	while (pipe2(ends, O_NONBLOCK) == 0) {
		while (write(ends[1], block, sizeof block) > 0)
			;
		if (errno != EAGAIN)
			break;
		count++;
	}
	printf("pipes: %s, %d\n", word(errno), count >= 190);
}

static void stack(void)
{
	/* The guard is what an endless recursion runs into. */
	volatile char block[4096];
	static long depth;
	block[0] = depth++;
	stack();
	block[1] = block[0];
}

static void on_overflow(int number)
{
	static const char text[] = "the handler runs on its own stack\n";
	(void)number;
	_exit(write(1, text, sizeof text - 1) != sizeof text - 1);
}

static void caught_stack(void)
{
	static char own[65536];
	stack_t other = { .ss_sp = own, .ss_size = sizeof own };
	struct sigaction action = { .sa_handler = on_overflow, .sa_flags = SA_ONSTACK };
	sigaltstack(&other, NULL);
	sigaction(SIGSEGV, &action, NULL);
	stack();
}

/* Nothing may be mapped right below the stack without being asked for. */
static void stack_guard(void)
{
	char here;
	unsigned long top = (unsigned long)&here & -4096ul;
	void *below = mmap((void *)(top - (4 << 20)), 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	printf("mapped below the stack %d\n", below != MAP_FAILED);
	fflush(stdout);
	/* Growth stops before it: 256 pages stay free between the two. */
	volatile char *at = (char *)below + 4096 + (16 << 12);
	*at = 1;
	printf("grew into the guard\n");
}

/* Uses up memory; on a foreign kernel only as much as a limit lets it. */
static void memory(void)
{
	if (!on_clew)
		limit(RLIMIT_DATA, 64 << 20);
	for (;;) {
		char *at = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (at == MAP_FAILED)
			break;
		memset(at, 1, 1 << 20);
	}
	/* A foreign kernel says no; the machine's own lack is told by a signal. */
	raise(SIGKILL);
}

/* In KiB. */
static long free_memory(void)
{
	long free = 0;
	FILE *file = fopen("/proc/meminfo", "r");
	char line[100];
	while (file && fgets(line, sizeof line, file) && sscanf(line, "MemFree: %ld", &free) != 1)
		;
	fclose(file);
	return free;
}

static char *unused_memory(long length)
{
	char *at = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	madvise(at, length, MADV_NOHUGEPAGE);
	return at;
}

static void read_much(void)
{
	enum { LENGTH = 32 << 20 };
	char *buffer = unused_memory(LENGTH);
	printf("read: %d\n", read(open("/dev/zero", O_RDONLY), buffer, LENGTH) == LENGTH);
}

static volatile int handled;

static void on_signal(int number)
{
	(void)number;
	handled++;
}

/* Each on a stack of its own. */
static void many_signals(void)
{
	enum { COUNT = 2000, SIZE = 32 << 10 };
	char *stacks = unused_memory(COUNT * SIZE);
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_ONSTACK };
	sigaction(SIGUSR1, &action, NULL);
	for (int i = 0; i < COUNT; i++) {
		stack_t other = { .ss_sp = stacks + i * SIZE, .ss_size = SIZE };
		sigaltstack(&other, NULL);
		raise(SIGUSR1);
	}
	printf("handled: %d\n", handled == COUNT);
}

/* Memory runs out while the kernel stores for a program: who has most of it dies, and the program goes on. */
static void while_memory_ends(void (*store)(void))
{
	/* The last is in KiB. */
	enum { PART = 256 << 10, LEFT = 10 << 10 };
	int ready[2];
	char byte;
	pid_t hog = 0;
	if (pipe(ready) != 0)
		perror("pipe");
	if (on_clew && (hog = fork()) == 0) {
		while (free_memory() > LEFT)
			memset(mmap(NULL, PART, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 1, PART);
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (on_clew && read(ready[0], &byte, 1) != 1)
		printf("the memory was gone too soon\n");
	store();
	if (hog) {
		int status;
		if (waitpid(hog, &status, 0) != hog || !WIFSIGNALED(status))
			printf("the other lives\n");
	}
}

static void calls(void)
{
	while_memory_ends(read_much);
}

static void signals(void)
{
	while_memory_ends(many_signals);
}

/* Reads more than the machine has, of what is empty, which takes nothing. */
static void read_zeros(void)
{
	enum { MUCH = 768 << 20 };
	volatile char *at = mmap(NULL, MUCH, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	madvise((void *)at, MUCH, MADV_NOHUGEPAGE);
	for (long i = 0; i < MUCH; i += 4096)
		(void)at[i];
}

static void run(const char *name, void (*f)(void))
{
	printf("-- %s\n", name);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		f();
		fflush(stdout);
		_exit(0);
	}
	int status;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		printf("signal %d\n", WTERMSIG(status));
	else if (status)
		printf("status %x\n", status);
}

int main(void)
{
	struct utsname system;
	uname(&system);
	on_clew = strstr(system.release, "clew") != NULL;
	/* An innocent with little memory, who lives to the end. */
	int ready[2];
	char byte;
	if (pipe(ready) != 0)
		perror("pipe");
	pid_t innocent = fork();
	if (innocent == 0) {
		read_zeros();
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		perror("read");
	close(ready[0]);
	run("forks", forks);
	run("areas", mappings);
	run("address space", address_space);
	run("files", descriptors);
	run("pipes", pipes);
	run("stack", stack);
	run("stack with a handler", caught_stack);
	run("stack guard", stack_guard);
	run("memory", memory);
	run("memory again", memory);
	run("memory in calls", calls);
	run("memory in signals", signals);
	printf("the innocent lives: %d\n", waitpid(innocent, NULL, WNOHANG) == 0);
	kill(innocent, SIGKILL);
	waitpid(innocent, NULL, 0);
	return 0;
}
