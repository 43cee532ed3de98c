/* Children of each kind and in each state for wait(2), what is left of a zombie in /proc, and what clone3(2) refuses. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIDFD_KIND 3

static pid_t child_of(int signal)
{
	pid_t child = syscall(SYS_clone, signal, 0, 0, 0, 0);
	assert(child >= 0);
	if (child == 0)
		_exit(4);
	return child;
}

static void kinds(void)
{
	int status;
	/* It is over before anything is asked, but only one kind of question finds it. */
	signal(SIGUSR2, SIG_IGN);
	pid_t child = child_of(SIGUSR2);
	assert(waitpid(child, &status, 0) == -1 && errno == ECHILD);
	assert(waitpid(-1, &status, WNOHANG) == -1 && errno == ECHILD);
	assert(waitpid(child, &status, __WCLONE) == child && WEXITSTATUS(status) == 4);
	child = child_of(0);
	assert(waitpid(child, &status, __WALL) == child);
	child = child_of(SIGCHLD);
	assert(waitpid(child, &status, __WCLONE) == -1 && errno == ECHILD);
	assert(waitpid(child, &status, 0) == child);
	/* A new program's end is told as any other's. */
	child = syscall(SYS_clone, SIGUSR2, 0, 0, 0, 0);
	if (child == 0) {
		execl("/proc/self/exe", "relatives", "program", (char *)NULL);
		_exit(99);
	}
	assert(waitpid(child, &status, __WALL) == child && WEXITSTATUS(status) == 7);
	int ready[2];
	char byte;
	assert(pipe(ready) == 0);
	child = syscall(SYS_clone, SIGUSR2, 0, 0, 0, 0);
	if (child == 0) {
		close(ready[0]);
		dup2(ready[1], 0);
		execl("/proc/self/exe", "relatives", "say", (char *)NULL);
		_exit(99);
	}
	close(ready[1]);
	assert(read(ready[0], &byte, 1) == 1);
	assert(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 7);
	close(ready[0]);
}

/* A child that has ended will neither stop nor go on. */
static void states(void)
{
	siginfo_t info;
	pid_t child = child_of(SIGCHLD);
	assert(waitid(P_PID, child, &info, WEXITED | WNOWAIT) == 0 && info.si_pid == child);
	assert(waitid(P_PID, child, &info, WSTOPPED) == -1 && errno == ECHILD);
	assert(waitid(P_PID, child, &info, WSTOPPED | WCONTINUED | WNOHANG) == -1 && errno == ECHILD);
	assert(waitid(P_ALL, 0, &info, WCONTINUED) == -1 && errno == ECHILD);
	static const char *const names[] = { "cmdline", "environ", "exe", "cwd", "root", "stat" };
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		char path[60], target[200];
		snprintf(path, sizeof path, "/proc/%d/%s", (int)child, names[i]);
		if (i >= 2 && i < 5) {
			assert(readlink(path, target, sizeof target) == -1 && errno == ENOENT);
			continue;
		}
		/* The environment of one without memory can't even be opened on Linux. */
		int file = open(path, O_RDONLY);
		ssize_t got = file >= 0 ? read(file, target, sizeof target) : 0;
		printf("a zombie's %s: %s\n", names[i], got > 0 ? "something" : "nothing");
		close(file);
	}
	assert(waitid(P_PID, child, &info, WEXITED) == 0);
}

struct arguments {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
};

static void refuse(const char *what, struct arguments arguments)
{
	long child = syscall(435, &arguments, sizeof arguments);
	if (child == 0)
		_exit(0);
	printf("%s: %s\n", what, child > 0 ? "allowed" : errno == EINVAL ? "EINVAL" : strerror(errno));
	if (child > 0)
		waitpid(child, NULL, __WALL);
}

static void clone3_arguments(void)
{
	int one, two;
	refuse("nothing", (struct arguments){ 0 });
	refuse("a stack without size", (struct arguments){ .stack = 4096 });
	refuse("a size without stack", (struct arguments){ .stack_size = 4096 });
	refuse("a stack beyond the end", (struct arguments){ .stack = 0x7fffffffffff, .stack_size = 4096 });
	refuse("a stack around the end", (struct arguments){ .stack = -1, .stack_size = 10 });
	refuse("a number in one place", (struct arguments){ .flags = CLONE_PIDFD | CLONE_PARENT_SETTID,
							     .pidfd = (uintptr_t)&one, .parent_tid = (uintptr_t)&one });
	refuse("numbers in two places", (struct arguments){ .flags = CLONE_PIDFD | CLONE_PARENT_SETTID,
							     .pidfd = (uintptr_t)&one, .parent_tid = (uintptr_t)&two });
	refuse("signal 65", (struct arguments){ .exit_signal = 65 });
	refuse("a signal in the flags", (struct arguments){ .flags = SIGCHLD });
}

int main(int count, char **arguments)
{
	if (count > 1) {
		if (!strcmp(arguments[1], "say"))
			assert(write(0, "x", 1) == 1);
		return 7;
	}
	kinds();
	states();
	clone3_arguments();
	return 0;
}
