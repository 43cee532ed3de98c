/* Which signals are queued, dropped and refused: SIGCHLD that is ignored, real-time ones without room, timers' over execve(2), those of CLONE_PARENT; and what alarm(2) answers. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void show(const char *what, long answer)
{
	/* The C libraries have different words for that one. */
	const char *error = answer >= 0 ? "" : errno == ECHILD ? "no child" : strerror(errno);
	printf("%s: %ld %s\n", what, answer, error);
}

static sigset_t only(int signal)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, signal);
	return set;
}

static int waits(int signal)
{
	sigset_t pending;
	sigpending(&pending);
	return sigismember(&pending, signal);
}

static void block(int signal)
{
	sigset_t set = only(signal);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static void ignored_children(void)
{
	block(SIGCHLD);
	signal(SIGCHLD, SIG_IGN);
	pid_t child = fork();
	if (child == 0) {
		raise(SIGSTOP);
		_exit(0);
	}
	int status;
	assert(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status));
	kill(child, SIGCONT);
	show("wait", wait(NULL));
	show("ignored and blocked SIGCHLD waits", waits(SIGCHLD));
	signal(SIGCHLD, SIG_DFL);
	child = fork();
	if (child == 0)
		_exit(0);
	sigset_t set = only(SIGCHLD);
	show("not ignored, it comes", sigwaitinfo(&set, NULL));
	assert(wait(NULL) == child);
	struct sigaction action = { .sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT };
	sigaction(SIGCHLD, &action, NULL);
	if (fork() == 0)
		_exit(0);
	show("not even if nobody waits", sigwaitinfo(&set, NULL));
	show("wait", wait(NULL));
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void no_room(void)
{
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		struct rlimit none = { 0, 0 };
		block(SIGRTMIN + 2);
		block(SIGUSR1);
		/* Made before, so that it has its place. */
		timer_t timer;
		struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 2 };
		timer_create(CLOCK_MONOTONIC, &event, &timer);
		setrlimit(RLIMIT_SIGPENDING, &none);
		struct itimerspec soon = { .it_value = { 0, 1 } };
		timer_settime(timer, 0, &soon, NULL);
		sigset_t set = only(SIGRTMIN + 2);
		show("a timer's", sigtimedwait(&set, NULL, &(struct timespec){ 10, 0 }) == SIGRTMIN + 2);
		show("kill", kill(getpid(), SIGRTMIN + 2));
		show("tgkill", syscall(SYS_tgkill, getpid(), getpid(), SIGRTMIN + 2));
		show("sigqueue", sigqueue(getpid(), SIGRTMIN + 2, (union sigval){ 0 }));
		for (int code = -7; code <= 1; code++) {
			siginfo_t info = { .si_code = code };
			if (code == SI_TIMER)
				continue;
			printf("code %d: ", code);
			show("rt_sigqueueinfo", syscall(SYS_rt_sigqueueinfo, getpid(), SIGRTMIN + 2, &info));
		}
		show("tgkill, standard", syscall(SYS_tgkill, getpid(), getpid(), SIGUSR1));
		fflush(stdout);
		_exit(0);
	}
	assert(waitpid(child, NULL, 0) == child);
}

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* To the nearest second, of what may have been left. */
static void alarms(void)
{
	static const double set[] = { 10.3, 10.7, 100.4, 100.6 };
	for (unsigned i = 0; i < sizeof set / sizeof *set; i++) {
		struct itimerval value = { .it_value = { (long)set[i], (long)((set[i] - (long)set[i]) * 1e6) } };
		double before = seconds();
		assert(setitimer(ITIMER_REAL, &value, NULL) == 0);
		unsigned left = (unsigned)syscall(SYS_alarm, 0);
		double least = set[i] - (seconds() - before) - 0.51, most = set[i] + 0.51;
		printf("alarm: %s\n", left >= least && left <= most ? "the nearest second" : "another");
	}
	signal(SIGALRM, SIG_IGN);
	/* Unless that was already over. */
	struct itimerval little = { .it_value = { 0, 400000 } };
	double before = seconds();
	assert(setitimer(ITIMER_REAL, &little, NULL) == 0);
	unsigned left = (unsigned)syscall(SYS_alarm, 0);
	printf("alarm: %s\n", left == 1 || (left == 0 && seconds() - before >= 0.4) ? "not nothing" : "nothing");
	show("alarm, none", (unsigned)syscall(SYS_alarm, 0));
}

/* Its end is told as its maker's is. */
static void siblings(void)
{
	int to_parent[2];
	assert(pipe(to_parent) == 0);
	block(SIGUSR1);
	block(SIGCHLD);
	pid_t maker = syscall(SYS_clone, SIGUSR1, 0, 0, 0, 0);
	if (maker == 0) {
		pid_t sibling = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
		if (sibling == 0)
			_exit(4);
		write(to_parent[1], &sibling, sizeof sibling);
		pause();
	}
	pid_t sibling;
	assert(read(to_parent[0], &sibling, sizeof sibling) == sizeof sibling);
	sigset_t set = only(SIGUSR1);
	sigaddset(&set, SIGCHLD);
	siginfo_t info;
	int got = sigwaitinfo(&set, &info);
	printf("a sibling's end: %s, %s, status %d\n", got == SIGUSR1 ? "SIGUSR1" : "SIGCHLD",
	       info.si_pid == sibling ? "the sibling" : "another", info.si_status);
	int status;
	show("waitpid", waitpid(sibling, &status, WNOHANG));
	show("waitpid, __WCLONE", waitpid(sibling, &status, __WCLONE) == sibling);
	kill(maker, SIGKILL);
	assert(waitpid(maker, &status, __WALL) == maker);
	assert(sigwaitinfo(&set, NULL) == SIGUSR1);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void over_exec(void)
{
	int signals[] = { SIGUSR2, SIGRTMIN + 3, SIGRTMIN + 4 };
	for (int i = 0; i < 3; i++) {
		block(signals[i]);
		timer_t timer;
		struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = signals[i] };
		struct itimerspec soon = { .it_value = { 0, 1 } };
		assert(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 && timer_settime(timer, 0, &soon, NULL) == 0);
		while (!waits(signals[i]))
			sched_yield();
	}
	/* Another's of the same number goes on waiting. */
	assert(sigqueue(getpid(), SIGRTMIN + 4, (union sigval){ 5 }) == 0);
	fflush(stdout);
	execl("/proc/self/exe", "test", "again", NULL);
	perror("exec");
}

static void after_exec(void)
{
	show("a timer's SIGUSR2 waits after exec", waits(SIGUSR2));
	show("a timer's real-time signal", waits(SIGRTMIN + 3));
	sigset_t set = only(SIGRTMIN + 4);
	siginfo_t info = { 0 };
	struct timespec none = { 0, 0 };
	show("one that was sent as well", sigtimedwait(&set, &info, &none) == SIGRTMIN + 4);
	printf("code %d, value %d\n", info.si_code, info.si_value.sival_int);
	show("and no more", sigtimedwait(&set, &info, &none));
}

int main(int count, char **arguments)
{
	if (count > 1) {
		after_exec();
		return 0;
	}
	ignored_children();
	no_room();
	alarms();
	siblings();
	over_exec();
	return 1;
}
