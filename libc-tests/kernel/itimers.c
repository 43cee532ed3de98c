/* Interval timers of processor time: ITIMER_VIRTUAL counts what the process computes by itself, ITIMER_PROF what
 * the system does for it as well, both for all its threads (getitimer(2)). */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t virtual_count, profile_count;

static void on_virtual(int number)
{
	(void)number;
	virtual_count++;
}

static void on_profile(int number)
{
	(void)number;
	profile_count++;
}

static long milliseconds(struct timeval time)
{
	return time.tv_sec * 1000 + time.tv_usec / 1000;
}

static long used(int user, int system)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return user * milliseconds(usage.ru_utime) + system * milliseconds(usage.ru_stime);
}

static volatile unsigned long sink;

/* Long enough for a machine that is busy with other things. */
enum { PATIENCE = 20000 };

static void *compute(void *wanted)
{
	do
		for (int i = 0; i < 100000; i++)
			sink += i;
	while ((virtual_count < *(int *)wanted || profile_count < *(int *)wanted) && used(1, 1) < PATIENCE);
	return NULL;
}

/* Large enough that hardly any of the time is this program's own. */
static void call(int wanted)
{
	static char buffer[1 << 20];
	int zero = open("/dev/zero", O_RDONLY);
	do
		for (int i = 0; i < 4; i++)
			if (read(zero, buffer, sizeof buffer) != sizeof buffer)
				perror("read");
	while (profile_count < wanted && used(1, 1) < PATIENCE);
	close(zero);
}

static void start(int which, int tick)
{
	struct itimerval setting = { { 0, tick * 1000 }, { 0, tick * 1000 } };
	if (setitimer(which, &setting, NULL) != 0)
		perror("setitimer");
}

/* Each in a process of its own: its time starts at 0. */
static void computing(void)
{
	int wanted = 3;
	start(ITIMER_VIRTUAL, 20);
	start(ITIMER_PROF, 20);
	compute(&wanted);
	printf("computing: virtual %d, profile %d\n", virtual_count >= wanted, profile_count >= wanted);
}

static void calling(void)
{
	start(ITIMER_VIRTUAL, 20);
	start(ITIMER_PROF, 20);
	call(12);
	/* What little is its own may have been more than one tick of it. */
	printf("calling: fewer virtual %d, profile %d\n", virtual_count <= 8, profile_count >= 12);
}

static void in_threads(void)
{
	pthread_t threads[2];
	int wanted = 2;
	start(ITIMER_VIRTUAL, 20);
	start(ITIMER_PROF, 20);
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, compute, &wanted);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	printf("in threads: virtual %d, profile %d\n", virtual_count >= wanted, profile_count >= wanted);
}

static void sleeping(void)
{
	struct timespec rest = { 0, 100000000 };
	start(ITIMER_VIRTUAL, 50);
	start(ITIMER_PROF, 50);
	while (nanosleep(&rest, &rest) != 0)
		;
	struct itimerval left;
	getitimer(ITIMER_PROF, &left);
	printf("sleeping: %d %d, something left %d\n", virtual_count, profile_count, milliseconds(left.it_value) > 0);
}

static volatile sig_atomic_t alarm_count;

static void on_alarm(int number)
{
	(void)number;
	alarm_count++;
}

/* The shortest interval there is: who asked for it hardly gets on, the others do. */
static void storming(void)
{
	static const char *const kinds[] = { "blocked", "ignored", "handled" };
	struct itimerval shortest = { { 0, 1 }, { 0, 1 } };
	struct timespec while_it_runs = { 0, 30000000 };
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	for (int kind = 0; kind < 3; kind++) {
		pid_t child = fork();
		if (child == 0) {
			if (kind == 0)
				sigprocmask(SIG_BLOCK, &set, NULL);
			signal(SIGALRM, kind == 1 ? SIG_IGN : on_alarm);
			setitimer(ITIMER_REAL, &shortest, NULL);
			for (;;)
				sink++;
		}
		nanosleep(&while_it_runs, NULL);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		printf("storming, %s: the others run\n", kinds[kind]);
	}
	/* It goes on when its signal is taken. */
	struct itimerval thousandth = { { 0, 1000 }, { 0, 1000 } }, off = { { 0, 0 }, { 0, 0 } };
	signal(SIGALRM, on_alarm);
	sigprocmask(SIG_BLOCK, &set, NULL);
	setitimer(ITIMER_REAL, &thousandth, NULL);
	sigset_t waiting;
	do
		sigpending(&waiting);
	while (!sigismember(&waiting, SIGALRM));
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	while (alarm_count < 3)
		sink++;
	setitimer(ITIMER_REAL, &off, &thousandth);
	printf("storming: it went on, interval %ld\n", (long)thousandth.it_interval.tv_usec);
}

int main(void)
{
	static void (*const parts[])(void) = { computing, calling, in_threads, sleeping, storming };
	signal(SIGVTALRM, on_virtual);
	signal(SIGPROF, on_profile);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		fflush(stdout);
		pid_t child = fork();
		if (child == 0) {
			parts[i]();
			fflush(stdout);
			_exit(0);
		}
		int status;
		waitpid(child, &status, 0);
		if (status)
			printf("status %x\n", status);
	}
	return 0;
}
