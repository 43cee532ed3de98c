/* Runs a list of tests and reports each to the host.
 *
 * The list is a sequence of NUL-terminated strings. For each test: its time limit in milliseconds, its
 * working directory, the file that is its standard input, the number of arguments, the arguments, the number
 * of environment variables, the variables.
 * The report for test I is `start I\n`, then `end I KIND CODE MS OUT ERR\n` followed by OUT bytes of standard
 * output and ERR bytes of standard error. KIND is `exit`, `signal`, or `timeout`. At the end, `done\n`. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "init.h"

#define OUTPUT "/run/stdout"
#define ERRORS "/run/stderr"

/* Of each stream, this much goes to the host; its report says the same. */
#define MOST_OUTPUT (1 << 20)

struct reader {
	char *next;
	char *end;
};

/* The next string of the list, or NULL at its end. */
static char *next_string(struct reader *list)
{
	if (list->next >= list->end)
		return NULL;
	char *string = list->next;
	list->next += strlen(string) + 1;
	return string;
}

/* A count and that many strings, as a NULL-terminated array; NULL if the list is cut short. */
static char **next_array(struct reader *list)
{
	char *count = next_string(list);
	if (count == NULL)
		return NULL;
	unsigned long length = strtoul(count, NULL, 10);
	if (length > (unsigned long)(list->end - list->next))
		return NULL;
	char **array = calloc(length + 1, sizeof *array);
	for (unsigned long i = 0; array != NULL && i < length; i++) {
		array[i] = next_string(list);
		if (array[i] == NULL) {
			free(array);
			return NULL;
		}
	}
	return array;
}

static long milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static _Noreturn void child(const char *dir, const char *input, char **argv, char **envp)
{
	int in = open(input, O_RDONLY);
	int out = open(OUTPUT, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	int err = open(ERRORS, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	if (in < 0 || out < 0 || err < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(125);
	close(in);
	close(out);
	close(err);
	if (setsid() < 0 || chdir(dir) < 0) {
		perror(dir);
		_exit(125);
	}
	execve(argv[0], argv, envp);
	perror(argv[0]);
	_exit(errno == ENOENT ? 127 : 126);
}

/* Sends the first `size` bytes of the file, NULs where it has become shorter. */
static int send_file(const char *path, unsigned long size, int results)
{
	static const char nothing[64];
	char buffer[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	while (size > 0) {
		ssize_t count = fd < 0 ? -1 : read(fd, buffer, size < sizeof buffer ? size : sizeof buffer);
		const char *bytes = buffer;
		if (count <= 0) {
			bytes = nothing;
			count = size < sizeof nothing ? (ssize_t)size : (ssize_t)sizeof nothing;
		}
		if (write_fully(results, bytes, (unsigned long)count) < 0) {
			close(fd);
			return -1;
		}
		size -= (unsigned long)count;
	}
	if (fd >= 0)
		close(fd);
	return 0;
}

static unsigned long size_of(const char *path)
{
	struct stat info;
	if (stat(path, &info) < 0)
		return 0;
	return info.st_size > MOST_OUTPUT ? MOST_OUTPUT : (unsigned long)info.st_size;
}

static int report(int results, unsigned long index, const char *kind, int code, long took)
{
	unsigned long out = size_of(OUTPUT), err = size_of(ERRORS);
	char line[128];
	int length =
		snprintf(line, sizeof line, "end %lu %s %d %ld %lu %lu\n", index, kind, code, took, out, err);
	if (write_fully(results, line, (unsigned long)length) < 0)
		return -1;
	if (send_file(OUTPUT, out, results) < 0)
		return -1;
	return send_file(ERRORS, err, results);
}

static int run_test(int results, unsigned long index, long limit, const char *dir, const char *input,
                    char **argv, char **envp)
{
	char line[32];
	int length = snprintf(line, sizeof line, "start %lu\n", index);
	if (write_fully(results, line, (unsigned long)length) < 0)
		return -1;
	(void)unlink(OUTPUT);
	(void)unlink(ERRORS);
	long start = milliseconds();
	pid_t pid = fork();
	if (pid == 0)
		child(dir, input, argv, envp);
	if (pid < 0)
		return report(results, index, "exit", 125, 0);

	int status = 0, timed_out = 0;
	long pause = 1;
	for (;;) {
		int found = reap(pid, &status, 0);
		if (found != 0) {
			if (found < 0)
				return -1;
			break;
		}
		if (!timed_out && milliseconds() - start > limit) {
			timed_out = 1;
			kill(-pid, SIGKILL);
			kill(pid, SIGKILL);
		}
		struct timespec nap = { 0, pause * 1000000 };
		nanosleep(&nap, NULL);
		if (pause < 8)
			pause *= 2;
	}
	/* What the test left running in its group goes as well. */
	(void)kill(-pid, SIGKILL);
	long took = milliseconds() - start;
	if (timed_out)
		return report(results, index, "timeout", 0, took);
	if (WIFSIGNALED(status))
		return report(results, index, "signal", WTERMSIG(status), took);
	return report(results, index, "exit", WEXITSTATUS(status), took);
}

int run_batch(const char *path, int results)
{
	unsigned long size;
	char *text = read_file(path, &size);
	if (text == NULL)
		return -1;
	struct reader list = { text, text + size };
	char *limit;
	for (unsigned long index = 0; (limit = next_string(&list)) != NULL; index++) {
		char *dir = next_string(&list);
		char *input = next_string(&list);
		char **argv = next_array(&list);
		char **envp = argv != NULL ? next_array(&list) : NULL;
		if (envp == NULL || argv[0] == NULL) {
			errno = EINVAL;
			return -1;
		}
		if (run_test(results, index, strtol(limit, NULL, 10), dir, input, argv, envp) < 0)
			return -1;
		free(argv);
		free(envp);
	}
	free(text);
	return write_fully(results, "done\n", 5);
}
