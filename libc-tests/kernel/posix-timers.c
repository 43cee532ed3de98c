/* POSIX timers, interval timers on processor time, clocks of processes and threads. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t hits, hits_of[_NSIG];
static volatile int value_seen, code_seen, overrun_seen;

static void on_signal(int number, siginfo_t *info, void *context)
{
	(void)context;
	hits++;
	hits_of[number]++;
	value_seen = info->si_value.sival_int;
	code_seen = info->si_code;
	overrun_seen = info->si_overrun;
}

static void burn(clockid_t clock, long ms)
{
	struct timespec start, now;
	clock_gettime(clock, &start);
	do
		clock_gettime(clock, &now);
	while ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 < ms);
}

/* Uses the processor, nearly all of it outside the kernel, until the signal has come once or the time is over. */
static void burn_until(int signal, long ms)
{
	struct timespec start, now;
	volatile long work = 0;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	do {
		for (int i = 0; i < 200000; i++)
			work += i;
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	} while (!hits_of[signal] && (now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 < ms);
}

static void nap(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};
	while (nanosleep(&t, &t))
		;
}

static int make(clockid_t clock, int notify, int signal, int value, int tid)
{
	struct sigevent event;
	int id = -1;
	memset(&event, 0, sizeof event);
	event.sigev_notify = notify;
	event.sigev_signo = signal;
	event.sigev_value.sival_int = value;
	((int *)&event)[4] = tid;
	if (syscall(SYS_timer_create, clock, &event, &id))
		return -errno;
	return id;
}

static int set(int id, int flags, long value_ms, long interval_ms)
{
	struct itimerspec new = {{interval_ms / 1000, interval_ms % 1000 * 1000000},
				 {value_ms / 1000, value_ms % 1000 * 1000000}};
	return syscall(SYS_timer_settime, id, flags, &new, NULL);
}

static void *other(void *arg)
{
	sigset_t wanted;
	siginfo_t info;
	int id;
	(void)arg;
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGUSR2);
	id = make(CLOCK_MONOTONIC, 4 /* SIGEV_THREAD_ID */, SIGUSR2, 99, syscall(SYS_gettid));
	set(id, 0, 5, 0);
	printf("thread got %d", sigwaitinfo(&wanted, &info) == SIGUSR2);
	printf(" value %d code %d\n", info.si_value.sival_int, info.si_code == SI_TIMER);
	syscall(SYS_timer_delete, id);
	return NULL;
}

int main(void)
{
	struct sigaction action;
	struct itimerspec left;
	sigset_t set_usr, old;
	pthread_t thread;
	clockid_t clock;
	struct timespec ts;
	struct itimerval it;
	int id, id2, status;

	memset(&action, 0, sizeof action);
	action.sa_sigaction = on_signal;
	action.sa_flags = SA_SIGINFO;
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
	sigaction(SIGVTALRM, &action, NULL);
	sigaction(SIGPROF, &action, NULL);

	id = make(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGUSR1, 42, 0);
	printf("create %d\n", id);
	set(id, 0, 20, 0);
	syscall(SYS_timer_gettime, id, &left);
	printf("left %d\n", left.it_value.tv_nsec > 0 && left.it_value.tv_nsec <= 20000000);
	nap(40);
	printf("hits %d value %d code %d overrun %d\n", hits, value_seen, code_seen == SI_TIMER, overrun_seen);
	syscall(SYS_timer_gettime, id, &left);
	printf("after %ld %ld\n", (long)left.it_value.tv_sec, left.it_value.tv_nsec);

	/* Overruns while the signal is blocked. */
	sigemptyset(&set_usr);
	sigaddset(&set_usr, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set_usr, &old);
	hits = 0;
	set(id, 0, 10, 10);
	nap(105);
	sigprocmask(SIG_SETMASK, &old, NULL);
	set(id, 0, 0, 0);
	printf("hits %d, overruns at least 8: %d\n", hits >= 1, overrun_seen >= 8);

	/* Absolute, in the past: at once. */
	hits = 0;
	struct itimerspec past = {{0, 0}, {0, 1}};
	syscall(SYS_timer_settime, id, TIMER_ABSTIME, &past, NULL);
	nap(5);
	printf("past %d\n", hits);

	/* No notification. */
	id2 = make(CLOCK_REALTIME, SIGEV_NONE, 0, 0, 0);
	set(id2, 0, 5, 1000);
	nap(20);
	syscall(SYS_timer_gettime, id2, &left);
	printf("none: %d %d\n", left.it_value.tv_sec == 0 && left.it_value.tv_nsec > 900000000,
	       left.it_interval.tv_sec == 1);

	/* Errors. */
	printf("%d", make(77, SIGEV_SIGNAL, SIGUSR1, 0, 0) == -EINVAL);
	printf(" %d", make(CLOCK_MONOTONIC, 55, SIGUSR1, 0, 0) == -EINVAL);
	printf(" %d", make(CLOCK_MONOTONIC, SIGEV_SIGNAL, 65, 0, 0) == -EINVAL);
	printf(" %d", make(CLOCK_MONOTONIC, 4, SIGUSR1, 0, 1) == -EINVAL);
	printf(" %d", syscall(SYS_timer_delete, 4711) == -1 && errno == EINVAL);
	printf(" %ld", syscall(SYS_timer_delete, id));
	printf(" %ld", syscall(SYS_timer_delete, id2));
	printf(" %d\n", syscall(SYS_timer_gettime, id, &left) == -1 && errno == EINVAL);

	sigaddset(&set_usr, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &set_usr, NULL);
	pthread_create(&thread, NULL, other, NULL);
	pthread_join(thread, NULL);

	/* A timer on processor time, by use and not by sleep. */
	sigprocmask(SIG_SETMASK, &old, NULL);
	hits = 0;
	id = make(CLOCK_PROCESS_CPUTIME_ID, SIGEV_SIGNAL, SIGUSR1, 7, 0);
	set(id, 0, 30, 0);
	nap(60);
	printf("asleep %d", hits);
	burn(CLOCK_PROCESS_CPUTIME_ID, 60);
	printf(" busy %d\n", hits);
	syscall(SYS_timer_delete, id);

	/* Once each, by use and not by sleep: one counts time outside the kernel only, the other all of it. */
	memset(&it, 0, sizeof it);
	it.it_value.tv_usec = 20000;
	setitimer(ITIMER_VIRTUAL, &it, NULL);
	setitimer(ITIMER_PROF, &it, NULL);
	getitimer(ITIMER_PROF, &it);
	printf("prof %d", it.it_value.tv_usec > 0 && it.it_value.tv_usec <= 30000);
	nap(60);
	printf(" asleep %d %d", hits_of[SIGVTALRM], hits_of[SIGPROF]);
	burn_until(SIGVTALRM, 5000);
	burn_until(SIGPROF, 5000);
	burn_until(SIGALRM, 100);
	printf(" hits %d %d", hits_of[SIGVTALRM], hits_of[SIGPROF]);
	getitimer(ITIMER_VIRTUAL, &it);
	printf(" left %ld", (long)it.it_value.tv_sec * 1000000 + it.it_value.tv_usec);
	getitimer(ITIMER_PROF, &it);
	printf(" %ld\n", (long)it.it_value.tv_sec * 1000000 + it.it_value.tv_usec);

	/* Clocks of others. */
	printf("%d", clock_getcpuclockid(0, &clock));
	printf(" %d", clock_gettime(clock, &ts));
	pthread_getcpuclockid(pthread_self(), &clock);
	printf(" %d", clock_gettime(clock, &ts));
	ts.tv_sec = 0;
	ts.tv_nsec = 1;
	printf(" %d", clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &ts, NULL) == EINVAL);
	printf(" %d\n", clock_nanosleep(CLOCK_PROCESS_CPUTIME_ID, TIMER_ABSTIME, &ts, NULL));

	/* Timers stay with the process that made them. */
	id = make(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGUSR1, 1, 0);
	fflush(stdout);
	if (fork() == 0)
		_exit(syscall(SYS_timer_delete, id) == -1 && errno == EINVAL ? 3 : 4);
	wait(&status);
	printf("child %d\n", WEXITSTATUS(status));
	return 0;
}
