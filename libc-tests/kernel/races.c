/* What several threads of a process do at the same time: exec, exit, fork, stop, take signals, wait for children. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *self;

static void check(int holds, const char *what)
{
	if (!holds) {
		printf("failed: %s (%s)\n", what, strerror(errno));
		exit(1);
	}
}

static int status_of(pid_t child)
{
	int status;
	check(waitpid(child, &status, 0) == child, "waitpid");
	return status;
}

static void *until_killed(void *argument)
{
	for (;;)
		pause();
	return argument;
}

static atomic_int go;

static void *exec_self(void *argument)
{
	while (!go)
		sched_yield();
	execl(self, self, (char *)argument, NULL);
	for (;;)
		pause();
}

static void thread(void *(*run)(void *), void *argument)
{
	pthread_t thread;
	check(!pthread_create(&thread, NULL, run, argument), "pthread_create");
}

/* The program that a thread other than the first has called has the number of the process and one thread. */
static void exec_in_thread(void)
{
	pid_t child = fork();
	if (!child) {
		char number[16];
		sprintf(number, "%d", getpid());
		go = 1;
		for (int i = 0; i < 3; i++)
			thread(until_killed, NULL);
		thread(exec_self, number);
		until_killed(NULL);
	}
	check(status_of(child) == 0, "the new program has the first thread's number");
	puts("exec in a thread");
}

/* Of several threads that call exec one gets its way. */
static void exec_in_all(void)
{
	for (int round = 0; round < 10; round++) {
		pid_t child = fork();
		if (!child) {
			char number[16];
			sprintf(number, "%d", getpid());
			for (int i = 0; i < 4; i++)
				thread(exec_self, number);
			go = 1;
			until_killed(NULL);
		}
		check(status_of(child) == 0, "one of the programs ran");
	}
	puts("exec in all threads");
}

static void *exit_soon(void *argument)
{
	while (!go)
		sched_yield();
	_exit(7);
	return argument;
}

static void *make_threads(void *argument)
{
	for (;;) {
		pthread_t made;
		if (!pthread_create(&made, NULL, (void *(*)(void *))getppid, NULL))
			pthread_join(made, NULL);
	}
	return argument;
}

/* Exec, exit and new threads at once: the process ends one way or the other. */
static void exec_and_exit(void)
{
	for (int round = 0; round < 10; round++) {
		pid_t child = fork();
		if (!child) {
			char number[16];
			sprintf(number, "%d", getpid());
			thread(make_threads, NULL);
			thread(exec_self, number);
			thread(exit_soon, NULL);
			go = 1;
			until_killed(NULL);
		}
		int status = status_of(child);
		check(status == 0 || status == 7 << 8, "exec or exit");
	}
	puts("exec against exit");
}

/* A stop signal and a continuation behind it: the process goes on. */
static void stop_and_continue(void)
{
	int pipe_ends[2];
	check(!pipe(pipe_ends), "pipe");
	pid_t child = fork();
	if (!child) {
		for (char byte = 0;; byte++)
			if (write(pipe_ends[1], &byte, 1) != 1)
				_exit(1);
	}
	char bytes[512];
	for (int i = 0; i < 200; i++) {
		kill(child, SIGSTOP);
		kill(child, SIGCONT);
		check(read(pipe_ends[0], bytes, sizeof bytes) > 0, "it writes on");
	}
	kill(child, SIGKILL);
	check(status_of(child) == SIGKILL, "killed");
	close(pipe_ends[0]);
	close(pipe_ends[1]);
	puts("stopped and continued");
}

/* A process that is about to stop, or has stopped, can be killed. */
static void stop_and_kill(void)
{
	for (int round = 0; round < 100; round++) {
		pid_t child = fork();
		if (!child)
			for (;;)
				getppid();
		for (int i = 0; i < round % 20; i++)
			sched_yield();
		kill(child, SIGSTOP);
		kill(child, SIGKILL);
		check(status_of(child) == SIGKILL, "killed while it stops");
	}
	puts("stopped and killed");
}

static atomic_int reaped;

static void *reap(void *argument)
{
	while (waitpid(-1, NULL, 0) > 0)
		reaped++;
	check(errno == ECHILD, "no child is left");
	return argument;
}

/* Each child is waited for once. */
static void wait_in_threads(void)
{
	for (int round = 0; round < 10; round++) {
		reaped = 0;
		for (int i = 0; i < 10; i++)
			if (!fork())
				_exit(0);
		pthread_t threads[3];
		for (int i = 0; i < 3; i++)
			pthread_create(&threads[i], NULL, reap, NULL);
		for (int i = 0; i < 3; i++)
			pthread_join(threads[i], NULL);
		check(reaped == 10, "every child once");
	}
	puts("children were waited for once");
}

/* A child that was waited for holds nothing any more. */
static void ended_means_gone(void)
{
	int lock = open("lock", O_CREAT | O_RDWR, 0600);
	for (int round = 0; round < 50; round++) {
		pid_t child = fork();
		if (!child) {
			int own = open("lock", O_RDWR);
			flock(own, LOCK_EX);
			_exit(0);
		}
		pid_t found;
		while (!(found = waitpid(child, NULL, WNOHANG)))
			sched_yield();
		check(found == child && !flock(lock, LOCK_EX | LOCK_NB), "the lock went with the child");
		flock(lock, LOCK_UN);
	}
	close(lock);
	unlink("lock");
	puts("what ended holds nothing");
}

/* Orphans come to the subreaper, dead or alive, and each is reported, after the one that left them. */
static void orphans(void)
{
	check(!prctl(PR_SET_CHILD_SUBREAPER, 1), "PR_SET_CHILD_SUBREAPER");
	for (int round = 0; round < 20; round++) {
		pid_t child = fork();
		if (!child) {
			for (int i = 0; i < 3; i++)
				if (!fork())
					_exit(0);
			_exit(0);
		}
		check(waitpid(-1, NULL, 0) == child, "the child");
		for (int i = 0; i < 3; i++)
			check(waitpid(-1, NULL, 0) > 0, "an orphan");
	}
	check(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD, "no orphan is left");
	puts("orphans were found");
}

static atomic_int caught;

static void catch(int signal)
{
	(void)signal;
	caught++;
}

static void *short_life(void *argument)
{
	return argument;
}

/* A signal for the process is taken by one that stays when the thread chosen first ends or blocks it. */
static void signal_finds_a_thread(void)
{
	struct sigaction action = { .sa_handler = catch };
	sigaction(SIGUSR1, &action, NULL);
	for (int round = 0; round < 100; round++) {
		pthread_t made;
		caught = 0;
		check(!pthread_create(&made, NULL, short_life, NULL), "pthread_create");
		kill(getpid(), SIGUSR1);
		struct timespec nap = { 0, 1000000 };
		while (!caught)
			nanosleep(&nap, NULL);
		pthread_join(made, NULL);
	}
	puts("signals found a thread");
}

enum { FUTEX_WAIT = 0, FUTEX_WAKE = 1, FUTEX_REQUEUE = 3, FUTEX_PRIVATE_FLAG = 128 };

static int word_a, word_b;

static long futex(int *word, int operation, long value, void *timeout_or_count, int *other)
{
	return syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, timeout_or_count, other, 0);
}

static atomic_int sleeping, woken, done;

static void *sleep_at_a(void *argument)
{
	struct timespec limit = { 0, (long)argument };
	sleeping++;
	if (!futex(&word_a, FUTEX_WAIT, 0, argument ? &limit : NULL, NULL))
		woken++;
	done++;
	return argument;
}

/* Waiters that are moved are woken at their new place, and those that time out there leave nothing behind. */
static void requeue(void)
{
	for (int round = 0; round < 20; round++) {
		pthread_t threads[4];
		sleeping = woken = done = 0;
		for (long i = 0; i < 4; i++)
			pthread_create(&threads[i], NULL, sleep_at_a, (void *)(i & 1 ? 100000L * round : 0L));
		while (sleeping < 4)
			sched_yield();
		int awake = 0;
		for (int tries = 0; awake < 2 && tries < 100000; tries++) {
			futex(&word_a, FUTEX_REQUEUE, 0, (void *)1000L, &word_b);
			futex(&word_b, FUTEX_WAKE, 1, NULL, NULL);
			sched_yield();
			awake = woken;
		}
		/* A thread counts itself before it sleeps: it may come to its place after all others were woken. */
		while (done < 4) {
			futex(&word_a, FUTEX_WAKE, 1, NULL, NULL);
			futex(&word_b, FUTEX_WAKE, 1, NULL, NULL);
			sched_yield();
		}
		check(woken >= 2, "those without a limit were woken");
		check(!futex(&word_a, FUTEX_WAKE, 1, NULL, NULL) && !futex(&word_b, FUTEX_WAKE, 1, NULL, NULL), "nothing is left");
		for (int i = 0; i < 4; i++)
			pthread_join(threads[i], NULL);
	}
	puts("moved waiters were woken");
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return getpid() == atoi(argv[1]) && syscall(SYS_gettid) == getpid() ? 0 : 1;
	self = "/proc/self/exe";
	setvbuf(stdout, NULL, _IOLBF, 0);
	exec_in_thread();
	exec_in_all();
	exec_and_exit();
	stop_and_continue();
	stop_and_kill();
	wait_in_threads();
	ended_means_gone();
	signal_finds_a_thread();
	requeue();
	orphans();
	return 0;
}
