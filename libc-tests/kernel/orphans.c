/* Who hears of an end: a process group with stopped members that it orphans, and the children of the thread (PR_SET_PDEATHSIG). */
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct shared {
	volatile pid_t member;
	volatile int hung_up, continued;
} *shared;

static void on_hang_up(int signal)
{
	(void)signal;
	shared->hung_up++;
}

static void on_continue(int signal)
{
	(void)signal;
	shared->continued++;
}

/* Stops, and ends after it was continued and has handled what came with that. */
static void stopping_member(void)
{
	signal(SIGHUP, on_hang_up);
	signal(SIGCONT, on_continue);
	raise(SIGSTOP);
	/* It may run before the signal that let it go on is there. */
	for (int turn = 0; turn < 2000 && !shared->continued; turn++)
		nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
	_exit(0);
}

/* Waits for the end of a child that may be stopped for ever; whether it came. */
static int ended(pid_t child)
{
	for (int turn = 0; turn < 5000; turn++) {
		if (waitpid(child, NULL, WNOHANG) == child)
			return 1;
		nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return 0;
}

static char next_byte(int from)
{
	char byte = 0;
	return read(from, &byte, 1) == 1 ? byte : 0;
}

static void show(const char *what, int over)
{
	printf("%s: %s, SIGHUP %d, SIGCONT %d\n", what, over ? "went on" : "stayed", shared->hung_up, shared->continued);
	shared->hung_up = shared->continued = 0;
}

/* Session leader - link - leader of the group - member. The link ends. */
static void by_parents_end(int stops)
{
	int go[2], hold[2], over[2];
	assert(pipe(go) == 0 && pipe(hold) == 0 && pipe(over) == 0);
	pid_t link = fork();
	if (link == 0) {
		pid_t leader = fork();
		if (leader == 0) {
			setpgid(0, 0);
			signal(SIGHUP, SIG_IGN);
			pid_t member = fork();
			if (member == 0) {
				if (stops)
					stopping_member();
				signal(SIGHUP, on_hang_up);
				signal(SIGCONT, on_continue);
				/* Until the link's end is known. */
				write(go[1], "", 1);
				next_byte(hold[0]);
				_exit(0);
			}
			if (stops) {
				assert(waitpid(member, NULL, WUNTRACED) == member);
				write(go[1], "", 1);
			}
			int well = ended(member);
			write(over[1], well ? "y" : "n", 1);
			_exit(0);
		}
		next_byte(go[0]);
		_exit(0);
	}
	assert(waitpid(link, NULL, 0) == link);
	write(hold[1], "", 1);
	show(stops ? "a stopped grandchild" : "none is stopped", next_byte(over[0]) == 'y');
	int *pipes[] = { go, hold, over };
	for (int i = 0; i < 3; i++) {
		close(pipes[i][0]);
		close(pipes[i][1]);
	}
}

/* Session leader - leader of the group; a member's parent is in another session. The leader ends. */
static void by_own_end(int go)
{
	pid_t leader = fork();
	if (leader == 0) {
		setpgid(0, 0);
		pid_t between = fork();
		if (between == 0) {
			pid_t member = fork();
			if (member == 0)
				stopping_member();
			shared->member = member;
			_exit(0);
		}
		waitpid(between, NULL, 0);
		next_byte(go);
		_exit(0);
	}
	assert(waitpid(leader, NULL, 0) == leader);
}

static void groups(void)
{
	int go[2];
	assert(pipe(go) == 0);
	fflush(stdout);
	pid_t session = fork();
	if (session == 0) {
		setsid();
		by_parents_end(1);
		by_parents_end(0);
		fflush(stdout);
		by_own_end(go[0]);
		_exit(0);
	}
	/* The others were waited for by then, or are this process's when their parents have ended. */
	while (shared->member == 0)
		nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
	int status;
	while (waitpid(shared->member, &status, WUNTRACED) != shared->member)
		nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
	assert(WIFSTOPPED(status));
	write(go[1], "", 1);
	show("a stopped stranger", ended(shared->member));
	assert(waitpid(session, NULL, 0) == session);
	while (wait(NULL) > 0)
		;
}

static int ready[2], asks[2], answers[2], quits[2];

static void *maker(void *argument)
{
	(void)argument;
	if (fork() != 0) {
		next_byte(quits[0]);
		return NULL;
	}
	sigset_t set, pending;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	prctl(PR_SET_PDEATHSIG, SIGUSR1);
	write(ready[1], "", 1);
	next_byte(asks[0]);
	sigpending(&pending);
	write(answers[1], sigismember(&pending, SIGUSR1) ? "p" : "-", 1);
	for (int turn = 0; turn < 2; turn++) {
		int got = sigtimedwait(&set, NULL, &(struct timespec){ 10, 0 });
		write(answers[1], got == SIGUSR1 ? "s" : "n", 1);
	}
	_exit(0);
}

static void *nothing(void *argument)
{
	return argument;
}

static void threads(void)
{
	assert(pipe(ready) == 0 && pipe(asks) == 0 && pipe(answers) == 0 && pipe(quits) == 0);
	pid_t middle = fork();
	if (middle == 0) {
		pthread_t making, other;
		assert(!pthread_create(&making, NULL, maker, NULL));
		next_byte(ready[0]);
		assert(!pthread_create(&other, NULL, nothing, NULL));
		pthread_join(other, NULL);
		write(asks[1], "", 1);
		printf("another thread's end: %c\n", next_byte(answers[0]));
		write(quits[1], "", 1);
		pthread_join(making, NULL);
		printf("the maker's end: %c\n", next_byte(answers[0]));
		fflush(stdout);
		_exit(0);
	}
	assert(waitpid(middle, NULL, 0) == middle);
	printf("the process's end: %c\n", next_byte(answers[0]));
	while (wait(NULL) > 0)
		;
}

int main(void)
{
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert(shared != MAP_FAILED && prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
	groups();
	fflush(stdout);
	threads();
	return 0;
}
