/* Resource limits that end or refuse something (getrlimit(2)). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void limit(int resource, rlim_t soft, rlim_t hard)
{
	struct rlimit both = { soft, hard };
	if (setrlimit(resource, &both) != 0)
		perror("setrlimit");
}

static const char *word(long result)
{
	return result != -1 ? "granted" : errno == ENOMEM ? "ENOMEM" : errno == EAGAIN ? "EAGAIN" : "other";
}

static volatile sig_atomic_t exceeded;

static void on_exceeded(int number)
{
	(void)number;
	exceeded++;
}

/* A second of processor time for each SIGXCPU, and the third is the last. */
static void processor_time(void)
{
	signal(SIGXCPU, on_exceeded);
	limit(RLIMIT_CPU, 1, 2);
	while (!exceeded)
		;
	printf("SIGXCPU\n");
	fflush(stdout);
	for (;;)
		;
}

static void processor_time_by_default(void)
{
	limit(RLIMIT_CPU, 1, RLIM_INFINITY);
	for (;;)
		;
}

static long map(int protection, int flags)
{
	return (long)mmap(NULL, 1 << 20, protection, flags | MAP_ANONYMOUS, -1, 0);
}

static void data(void)
{
	/* Printed at the end: printing takes data. */
	const char *words[8];
	long reserved = map(PROT_NONE, MAP_PRIVATE);
	char *grown = (char *)map(PROT_READ | PROT_WRITE, MAP_PRIVATE);
	limit(RLIMIT_DATA, 1 << 20, RLIM_INFINITY);
	words[0] = word(map(PROT_READ | PROT_WRITE, MAP_PRIVATE));
	words[1] = word(map(PROT_READ, MAP_PRIVATE));
	words[2] = word(map(PROT_READ | PROT_WRITE, MAP_SHARED));
	words[3] = word(mprotect((void *)reserved, 1 << 20, PROT_READ | PROT_WRITE));
	words[4] = word((long)mremap(grown, 1 << 20, 2 << 20, MREMAP_MAYMOVE));
	long now = syscall(SYS_brk, 0);
	words[5] = syscall(SYS_brk, now + (2 << 20)) == now ? "unmoved" : "moved";
	munmap(grown, 1 << 20);
	limit(RLIMIT_DATA, RLIM_INFINITY, RLIM_INFINITY);
	words[6] = word(mprotect((void *)reserved, 1 << 20, PROT_READ | PROT_WRITE));
	printf("private %s, read-only %s, shared %s, mprotect %s, mremap %s, brk %s, without limit %s\n",
	       words[0], words[1], words[2], words[3], words[4], words[5], words[6]);
}

static pthread_barrier_t barrier;

static void *wait_for_end(void *unused)
{
	pthread_barrier_wait(&barrier);
	return unused;
}

/* A user that nobody else is. */
enum { SOMEBODY = 54321 };

static void processes(void)
{
	pthread_t threads[4], one_more;
	pthread_barrier_init(&barrier, NULL, 4);
	limit(RLIMIT_NPROC, 4, 4);
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
	printf("superuser: %s\n", word(pid));
	if (setuid(SOMEBODY) != 0)
		perror("setuid");
	for (int i = 0; i < 3; i++)
		if (pthread_create(&threads[i], NULL, wait_for_end, NULL) != 0)
			printf("thread %d\n", i);
	printf("one thread more: %s\n", pthread_create(&one_more, NULL, wait_for_end, NULL) == EAGAIN ? "EAGAIN" : "granted");
	pid = fork();
	printf("one process more: %s\n", word(pid));
	if (pid == 0)
		_exit(0);
	pthread_barrier_wait(&barrier);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	/* The number is given back when the thread has gone for good. */
	for (int i = 0; i < 1000 && (pid = fork()) == -1; i++)
		usleep(1000);
	if (pid == 0)
		_exit(0);
	printf("without the threads: %s\n", word(pid));
}

/* Children that nobody has waited for count. */
static void zombies(void)
{
	int count;
	pid_t pid = 0;
	limit(RLIMIT_NPROC, 10, 10);
	/* A user that nobody else is: that of another run of this neither. */
	if (setuid(100000 + getpid()) != 0)
		perror("setuid");
	for (count = 0; count < 30 && pid != -1; count++) {
		siginfo_t info;
		if ((pid = fork()) == 0)
			_exit(0);
		if (pid > 0)
			waitid(P_PID, pid, &info, WEXITED | WNOWAIT);
	}
	printf("children: %d, one more: %s\n", count - 1, word(pid));
	while (wait(NULL) > 0)
		;
	if ((pid = fork()) == 0)
		_exit(0);
	printf("all waited for: %s\n", word(pid));
	wait(NULL);
}

/* A user who has more processes than allowed, when another becomes him: that works, and exec fails. */
static void too_many_for_exec(void)
{
	enum { NOBODY_ELSE = 54322 };
	pid_t others[3];
	int ready[2];
	char byte;
	if (pipe(ready) != 0)
		perror("pipe");
	for (int i = 0; i < 3; i++)
		if ((others[i] = fork()) == 0) {
			if (setuid(NOBODY_ELSE) != 0 || write(ready[1], "", 1) != 1)
				_exit(1);
			for (;;)
				pause();
		}
	for (int i = 0; i < 3; i++)
		if (read(ready[0], &byte, 1) != 1)
			perror("read");
	limit(RLIMIT_NPROC, 2, 2);
	printf("setuid: %s\n", word(setuid(NOBODY_ELSE)));
	printf("exec: %s\n", word(execl("/nonexistent", "", NULL)));
	printf("fork: %s\n", word(fork()));
	for (int i = 0; i < 3; i++) {
		kill(others[i], SIGKILL);
		waitpid(others[i], NULL, 0);
	}
	execl("/nonexistent", "", NULL);
	printf("exec without them: %s\n", errno == ENOENT ? "ENOENT" : "other");
}

/* The queues of all processes of a user count together. */
static void pending_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	union sigval value = { .sival_int = 1 };
	limit(RLIMIT_SIGPENDING, 8, 8);
	if (setuid(SOMEBODY) != 0)
		perror("setuid");
	pid_t other = fork();
	if (other == 0)
		for (;;)
			pause();
	int count = 0;
	while (count < 20 && sigqueue(other, SIGRTMIN, value) == 0)
		count++;
	printf("queued for another: %d, %s\n", count, word(-1));
	int own = sigqueue(getpid(), SIGRTMIN, value);
	printf("queued for itself: %s\n", word(own));
	/* Without room a signal still comes, but for what it tells. */
	printf("kill: %s\n", word(kill(getpid(), SIGRTMIN)));
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	printf("after its end: %s\n", word(sigqueue(getpid(), SIGRTMIN, value)));
}

static void file_size(void)
{
	static char block[100];
	signal(SIGXFSZ, on_exceeded);
	limit(RLIMIT_FSIZE, 150, RLIM_INFINITY);
	int file = open("limited", O_RDWR | O_CREAT | O_TRUNC, 0600);
	long first = write(file, block, 100), second = write(file, block, 100), third = write(file, block, 100);
	int error = errno, count = exceeded;
	long size = ftruncate(file, 151);
	int error_of_size = errno;
	/* What is printed may go to a file as well. */
	limit(RLIMIT_FSIZE, RLIM_INFINITY, RLIM_INFINITY);
	printf("writes: %ld %ld %ld %s, signals %d\n", first, second, third, error == EFBIG ? "EFBIG" : "other", count);
	printf("ftruncate: %ld %s, signals %d\n", size, error_of_size == EFBIG ? "EFBIG" : "other", (int)exceeded);
}

static void child(const char *name, void (*f)(void))
{
	printf("%s\n", name);
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		f();
		fflush(stdout);
		_exit(0);
	}
	int status;
	waitpid(pid, &status, 0);
	if (WIFSIGNALED(status))
		printf("ended by %s\n", WTERMSIG(status) == SIGKILL ? "SIGKILL" : WTERMSIG(status) == SIGXCPU ? "SIGXCPU" : "another signal");
	else if (status != 0)
		printf("status %x\n", status);
}

int main(void)
{
	child("processor time", processor_time);
	child("processor time, no handler", processor_time_by_default);
	child("data", data);
	child("processes", processes);
	child("zombies", zombies);
	child("too many for exec", too_many_for_exec);
	child("pending signals", pending_signals);
	child("file size", file_size);
	return 0;
}
