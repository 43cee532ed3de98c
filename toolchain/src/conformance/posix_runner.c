/* Runs every program of a folder, some at a time, each in a session and a folder of its own, and prints
 * "R NAME RESULT SECONDS WORDS" for it: exit status, minus the signal, or "timeout"; how long it took; the end of what a test
 * that did not pass has said. As first process it also makes the folders that the tests count on, and powers off at the end.
 *
 * Usage: runner FOLDER WIDTH LIMIT, the limit in seconds for each. Called `sleep`, it is that command, which a test executes. */
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
	char words[80];
	snprintf(words, sizeof words, "%s.txt", own);
	int input = open("/dev/null", O_RDONLY), output = open(words, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0666);
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

/* The end of what a test has said, on one line. */
static void last_words(int index, char *words, size_t size)
{
	char path[80];
	ssize_t n = 0;
	int fd;
	snprintf(path, sizeof path, "w%d.txt", index);
	fd = open(path, O_RDONLY);
	if (fd >= 0) {
		off_t length = lseek(fd, 0, SEEK_END);
		off_t from = length > (off_t)size - 1 ? length - ((off_t)size - 1) : 0;
		n = pread(fd, words, size - 1, from);
		close(fd);
	}
	if (n < 0)
		n = 0;
	words[n] = 0;
	for (char *at = words; *at; at++)
		if (*at < ' ' || *at > '~')
			*at = ' ';
	unlink(path);
}

static void report(const struct running *test, int status)
{
	const char *name = names[test->index];
	int seconds = now() - test->since;
	char words[161];
	last_words(test->index, words, sizeof words);
	if (test->expired)
		printf("R %s timeout %d\n", name, seconds);
	else if (WIFSIGNALED(status))
		printf("R %s %d %d\n", name, -WTERMSIG(status), seconds);
	else if (WEXITSTATUS(status) == 0)
		printf("R %s 0 %d\n", name, seconds);
	else
		printf("R %s %d %d %s\n", name, WEXITSTATUS(status), seconds, words);
	fflush(stdout);
}

static int read_number(const char *path)
{
	FILE *file = fopen(path, "r");
	int number = 0;
	if (file) {
		if (fscanf(file, "%d", &number) != 1)
			number = 0;
		fclose(file);
	}
	return number;
}

int main(int argc, char **argv)
{
	struct running running[MOST_AT_A_TIME] = {{0}};
	const char *folder = argc > 1 ? argv[1] : "/conformance/tests";
	int first = argc < 2, width = argc > 2 ? atoi(argv[2]) : 0;
	int limit = argc > 3 ? atoi(argv[3]) : 0;
	int count = 0, next = 0, alive = 0;
	struct dirent *entry;
	DIR *dir;

	if (argc == 2 && strcmp(argv[0], "sleep") == 0) {
		sleep(atoi(argv[1]));
		return 0;
	}
	if (first) {
		/* What is there already is as good. */
		mkdir("/proc", 0755);
		mount("proc", "/proc", "proc", 0, NULL);
		mkdir("/dev/shm", 01777);
		mkdir("/tmp", 01777);
		chdir("/tmp");
		width = read_number("/conformance/width");
		limit = read_number("/conformance/limit");
	}
	if (width < 1 || width > MOST_AT_A_TIME)
		width = 1;
	if (limit < 1)
		limit = 60;
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
				printf("R %s 125 0 cannot fork\n", names[next++]);
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
			} else if (now() - test->since > limit) {
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
