/* Runs every program of a folder, some at a time, each in a session and a folder of its own, and prints
 * "R NAME RESULT" for it: exit status, minus the signal, or "timeout". As first process it also makes the
 * folders that the tests count on, and powers off at the end.
 *
 * Usage: runner FOLDER WIDTH. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_AT_A_TIME 64
#define LIMIT 40 /* seconds */

struct running {
	pid_t pid;
	int index;
	time_t since;
	int expired;
};

static char *names[8192];

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static time_t now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

static pid_t start(const char *folder, int index)
{
	char own[64], path[1024];
	pid_t pid;
	snprintf(own, sizeof own, "w%d", index);
	mkdir(own, 0777);
	chmod(own, 0777);
	pid = fork();
	if (pid != 0)
		return pid;
	char *argv[] = {path, NULL};
	char *envp[] = {"PATH=/bin:/usr/bin", NULL};
	int input = open("/dev/null", O_RDONLY), output = open("/dev/null", O_WRONLY);
	setsid();
	dup2(input, 0);
	dup2(output, 1);
	dup2(output, 2);
	close(input);
	close(output);
	snprintf(path, sizeof path, "%s/%s", folder, names[index]);
	if (chdir(own) == 0)
		execve(path, argv, envp);
	_exit(126);
}

static void report(const struct running *test, int status)
{
	if (test->expired)
		printf("R %s timeout\n", names[test->index]);
	else if (WIFSIGNALED(status))
		printf("R %s %d\n", names[test->index], -WTERMSIG(status));
	else
		printf("R %s %d\n", names[test->index], WEXITSTATUS(status));
	fflush(stdout);
}

static int read_width(const char *path)
{
	FILE *file = fopen(path, "r");
	int width = 1;
	if (file) {
		if (fscanf(file, "%d", &width) != 1)
			width = 1;
		fclose(file);
	}
	return width;
}

int main(int argc, char **argv)
{
	struct running running[MOST_AT_A_TIME] = {{0}};
	const char *folder = argc > 1 ? argv[1] : "/conformance/tests";
	int first = argc < 2, width = argc > 2 ? atoi(argv[2]) : 0;
	int count = 0, next = 0, alive = 0;
	struct dirent *entry;
	DIR *dir;

	if (first) {
		/* What is there already is as good. */
		mkdir("/proc", 0755);
		mount("proc", "/proc", "proc", 0, NULL);
		mkdir("/dev/shm", 01777);
		mkdir("/tmp", 01777);
		chdir("/tmp");
		width = read_width("/conformance/width");
	}
	if (width < 1 || width > MOST_AT_A_TIME)
		width = 1;
	dir = opendir(folder);
	if (!dir) {
		perror(folder);
		return 1;
	}
	while ((entry = readdir(dir)) && count < 8192)
		if (entry->d_name[0] != '.')
			names[count++] = strdup(entry->d_name);
	closedir(dir);
	qsort(names, count, sizeof *names, by_name);

	while (next < count || alive > 0) {
		int status, slot;
		pid_t pid;
		while (alive < width && next < count) {
			for (slot = 0; running[slot].pid; slot++)
				;
			pid = start(folder, next);
			if (pid < 0) {
				printf("R %s 125\n", names[next++]);
				continue;
			}
			running[slot] = (struct running){pid, next++, now(), 0};
			alive++;
		}
		pid = waitpid(-1, &status, WNOHANG);
		for (slot = 0; slot < MOST_AT_A_TIME; slot++) {
			struct running *test = &running[slot];
			if (!test->pid)
				continue;
			if (pid == test->pid) {
				report(test, status);
				kill(-test->pid, SIGKILL);
				test->pid = 0;
				alive--;
			} else if (now() - test->since > LIMIT) {
				test->expired = 1;
				kill(-test->pid, SIGKILL);
				kill(test->pid, SIGKILL);
			}
		}
		if (pid <= 0)
			usleep(10000);
	}
	printf("DONE\n");
	fflush(stdout);
	if (first)
		reboot(RB_POWER_OFF);
	return 0;
}
