/* Stops, continuations and ends as their waiting parent is told of them, on several processors: wait(2), waitid(2). */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void check(int holds, const char *what)
{
	if (!holds) {
		printf("failed: %s (%s)\n", what, strerror(errno));
		exit(1);
	}
}

static pid_t spinner(void)
{
	pid_t child = fork();
	check(child >= 0, "fork");
	if (child == 0)
		for (;;)
			(void)getppid();
	return child;
}

static void end(pid_t child)
{
	int status;
	check(!kill(child, SIGKILL), "kill");
	check(waitpid(child, &status, 0) == child && WIFSIGNALED(status), "the end of a child");
}

/* Who was continued is told as continued or not at all, however late one looks. */
static void never_stale(void)
{
	pid_t child = spinner();
	unsigned stale = 0;
	for (int i = 0; i < 20000; i++) {
		int status;
		check(!kill(child, SIGSTOP), "kill");
		for (volatile int spin = 0; spin < i % 500; spin++)
			;
		check(!kill(child, SIGCONT), "kill");
		for (int looks = 0; looks < 1 + i % 8; looks++)
			if (waitpid(child, &status, WUNTRACED | WCONTINUED | WNOHANG) == child && WIFSTOPPED(status))
				stale++;
	}
	end(child);
	if (stale)
		printf("%u stops of a running process\n", stale);
	puts("who runs is not told as stopped");
}

/* A killed one is no longer told as stopped, nor as continued. */
static void killed(void)
{
	for (int i = 0; i < 100; i++) {
		pid_t child = spinner();
		siginfo_t info;
		check(!kill(child, SIGSTOP), "kill");
		check(!waitid(P_PID, (id_t)child, &info, WSTOPPED | WNOWAIT), "waitid");
		check(info.si_code == CLD_STOPPED && info.si_status == SIGSTOP, "a stop is told");
		check(!kill(child, SIGKILL), "kill");
		check(!waitid(P_PID, (id_t)child, &info, WSTOPPED | WCONTINUED | WEXITED), "waitid");
		check(info.si_code == CLD_KILLED && info.si_status == SIGKILL, "only the end is told");
	}
	puts("after SIGKILL only the end is told");
}

static int next_code(const sigset_t *set, pid_t child, int *status)
{
	siginfo_t info;
	struct timespec limit = { .tv_sec = 20 };
	check(sigtimedwait(set, &info, &limit) == SIGCHLD, "SIGCHLD comes");
	check(info.si_pid == child, "of this child");
	*status = info.si_status;
	return info.si_code;
}

/* The signals come in the order of what happened. */
static void codes(const sigset_t *set)
{
	for (int i = 0; i < 100; i++) {
		pid_t child = spinner();
		int status;
		check(!kill(child, SIGSTOP), "kill");
		check(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status), "a stop");
		check(!kill(child, SIGCONT), "kill");
		check(waitpid(child, &status, WCONTINUED) == child && WIFCONTINUED(status), "a continuation");
		int code = next_code(set, child, &status);
		check(code == CLD_STOPPED && status == SIGSTOP, "first the stop");
		end(child);
		struct timespec none = { 0 };
		siginfo_t info;
		if (sigtimedwait(set, &info, &none) == SIGCHLD) {
			check(info.si_pid == child, "one more of this child");
			check((info.si_code == CLD_CONTINUED && info.si_status == SIGCONT)
				|| (info.si_code == CLD_KILLED && info.si_status == SIGKILL), "then the rest");
		}
		while (sigtimedwait(set, &info, &none) == SIGCHLD)
			;
	}
	for (int i = 0; i < 100; i++) {
		pid_t child = spinner();
		int status;
		check(!kill(child, SIGSTOP), "kill");
		check(next_code(set, child, &status) == CLD_STOPPED && status == SIGSTOP, "CLD_STOPPED");
		check(waitpid(child, &status, WUNTRACED | WNOHANG) == child && WIFSTOPPED(status), "told at the signal");
		check(!kill(child, SIGCONT), "kill");
		check(next_code(set, child, &status) == CLD_CONTINUED && status == SIGCONT, "CLD_CONTINUED");
		check(waitpid(child, &status, WCONTINUED | WNOHANG) == child && WIFCONTINUED(status), "told at the signal");
		end(child);
		check(next_code(set, child, &status) == CLD_KILLED && status == SIGKILL, "CLD_KILLED");
	}
	puts("SIGCHLD comes in the order of what happened");
}

/* Children in groups of their own, which end with the caller. */
static void leave_orphans(void)
{
	int fds[2];
	check(!pipe(fds), "pipe");
	for (int i = 0; i < 4; i++) {
		pid_t child = fork();
		check(child >= 0, "fork");
		if (child == 0) {
			close(fds[1]);
			_exit((int)read(fds[0], &child, 1));
		}
		check(!setpgid(child, child), "setpgid");
	}
}

/* Who has waited for a child has had its signal: Linux sends it before a wait can find the child. */
static void signal_first(const sigset_t *set)
{
	check(!prctl(PR_SET_CHILD_SUBREAPER, 0), "prctl");
	for (int i = 0; i < 300; i++) {
		siginfo_t info;
		struct timespec none = { 0 };
		pid_t child = fork();
		check(child >= 0, "fork");
		if (child == 0) {
			leave_orphans();
			_exit(i % 100);
		}
		int status, options = i % 2 ? WNOHANG : 0;
		pid_t waited;
		while ((waited = waitpid(child, &status, options)) == 0)
			;
		check(waited == child && WIFEXITED(status) && WEXITSTATUS(status) == i % 100, "waitpid");
		check(sigtimedwait(set, &info, &none) == SIGCHLD, "the signal is there");
		check(info.si_pid == child && info.si_code == CLD_EXITED, "and this child's");
	}
	puts("a wait comes after the signal");
}

enum { MANY = 200 };

/* Groups among many children, ended and not. */
static void groups(void)
{
	static pid_t children[MANY];
	pid_t first[2] = { 0, 0 };
	int status;
	for (int i = 0; i < MANY; i++) {
		pid_t group = first[i % 2];
		children[i] = fork();
		check(children[i] >= 0, "fork");
		if (children[i] == 0) {
			setpgid(0, group);
			raise(SIGSTOP);
			_exit(i % 2);
		}
		if (!group)
			group = first[i % 2] = children[i];
		check(!setpgid(children[i], group) || errno == EACCES, "setpgid");
	}
	for (int i = 0; i < MANY; i++)
		check(waitpid(-1, &status, WUNTRACED) > 0 && WIFSTOPPED(status), "all stop");
	check(waitpid(-1, &status, WUNTRACED | WNOHANG) == 0, "each once");
	for (int which = 1; which >= 0; which--) {
		check(waitpid(-first[which], &status, WNOHANG) == 0, "the group lives");
		check(!killpg(first[which], SIGCONT), "killpg");
		for (int i = 0; i < MANY / 2; i++)
			check(waitpid(-first[which], &status, 0) > 0 && WEXITSTATUS(status) == which, "of the group");
		check(waitpid(-first[which], &status, 0) == -1 && errno == ECHILD, "no more");
	}
	check(waitpid(-1, &status, 0) == -1 && errno == ECHILD, "none at all");
	puts("groups are waited for by themselves");
}

/* What a child has to tell goes to its next parent with it. */
static void handed_over(void)
{
	check(!prctl(PR_SET_CHILD_SUBREAPER, 1), "prctl");
	for (int i = 0; i < 50; i++) {
		int status, fds[2];
		pid_t told[2];
		check(!pipe(fds), "pipe");
		pid_t child = fork();
		check(child >= 0, "fork");
		if (child == 0) {
			siginfo_t info;
			told[0] = fork();
			if (told[0] == 0) {
				raise(SIGSTOP);
				_exit(3);
			}
			told[1] = fork();
			if (told[1] == 0)
				_exit(4);
			waitid(P_PID, (id_t)told[0], &info, WSTOPPED | WNOWAIT);
			waitid(P_PID, (id_t)told[1], &info, WEXITED | WNOWAIT);
			_exit(write(fds[1], told, sizeof told) != sizeof told);
		}
		check(waitpid(child, &status, 0) == child && status == 0, "the parent between");
		check(read(fds[0], told, sizeof told) == sizeof told, "read");
		check(waitpid(told[0], &status, WUNTRACED | WNOHANG) == told[0] && WIFSTOPPED(status), "a stop");
		check(waitpid(-1, &status, WUNTRACED | WNOHANG) == told[1] && WEXITSTATUS(status) == 4, "an end");
		check(waitpid(-1, &status, WUNTRACED | WNOHANG) == 0, "and no more");
		check(!kill(told[0], SIGCONT), "kill");
		check(waitpid(-1, &status, 0) == told[0] && WEXITSTATUS(status) == 3, "the last");
		close(fds[0]);
		close(fds[1]);
	}
	puts("news outlive a parent");
}

int main(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	never_stale();
	killed();
	groups();
	handed_over();
	sigprocmask(SIG_BLOCK, &set, NULL);
	struct timespec none = { 0 };
	while (sigtimedwait(&set, NULL, &none) == SIGCHLD)
		;
	codes(&set);
	signal_first(&set);
	return 0;
}
