/* setpriority(2) of several processes: one that may not be changed keeps no other from it. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t waiting_child(int nice)
{
	pid_t child = fork();
	assert(child >= 0);
	if (child == 0) {
		pause();
		_exit(0);
	}
	assert(setpriority(PRIO_PROCESS, child, nice) == 0);
	return child;
}

int main(void)
{
	/* An ordinary user, who may not lower any. */
	if (geteuid() == 0)
		assert(setgroups(0, NULL) == 0 && setgid(1000) == 0 && setuid(1000) == 0);
	struct rlimit none = { 0, 0 };
	assert(setrlimit(RLIMIT_NICE, &none) == 0);
	pid_t group = fork();
	assert(group >= 0);
	if (group == 0) {
		setpgid(0, 0);
		static const int nice[] = { 10, 0, 5, 12, 2 };
		pid_t children[5];
		for (int i = 0; i < 5; i++)
			children[i] = waiting_child(nice[i]);
		errno = 0;
		int answer = setpriority(PRIO_PGRP, 0, 5);
		printf("setpriority of the group: %d %s\n", answer, answer ? strerror(errno) : "");
		printf("own %d\n", getpriority(PRIO_PROCESS, 0));
		for (int i = 0; i < 5; i++) {
			printf("%d became %d\n", nice[i], getpriority(PRIO_PROCESS, children[i]));
			kill(children[i], SIGKILL);
		}
		answer = setpriority(PRIO_PROCESS, 0, 4);
		printf("setpriority of one: %d %s\n", answer, strerror(errno));
		fflush(stdout);
		_exit(0);
	}
	assert(waitpid(group, NULL, 0) == group);
	return 0;
}
