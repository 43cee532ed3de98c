/* init, process 1.
 *
 * The kernel has mounted /dev and /proc when this starts; we mount memory on /tmp and /run. Then, depending on what the
 * host put into the image:
 *   /etc/clew/exec   one command: run it on the host's streams, report its exit status, power off;
 *   /etc/clew/batch  a list of tests: run them all (batch.c), power off;
 *   neither          the shell on the console, again and again until it exits cleanly, then power off.
 * Children of dead processes come to us and are reaped. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "init.h"

#define EXEC_FILE "/etc/clew/exec"
#define BATCH_FILE "/etc/clew/batch"
#define TERMINAL_FILE "/etc/clew/terminal"
#define RESULTS "/dev/host/results"

int write_fully(int fd, const void *bytes, unsigned long count)
{
	const char *next = bytes;

	while (count > 0) {
		ssize_t written = write(fd, next, count);
		if (written < 0) {
			if (errno == EINTR)
				continue;
			return -1;
		}
		next += written;
		count -= (unsigned long)written;
	}
	return 0;
}

char *read_file(const char *path, unsigned long *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	unsigned long length = 0, capacity = 4096;
	char *text = malloc(capacity + 1);
	while (text != NULL) {
		ssize_t count = read(fd, text + length, capacity - length);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0) {
			free(text);
			text = NULL;
			break;
		}
		if (count == 0) {
			text[length] = '\0';
			*size = length;
			break;
		}
		length += (unsigned long)count;
		if (length == capacity) {
			char *larger = realloc(text, 2 * capacity + 1);
			if (larger == NULL) {
				free(text);
				text = NULL;
				break;
			}
			text = larger;
			capacity *= 2;
		}
	}
	close(fd);
	return text;
}

int reap(int pid, int *status, int block)
{
	for (;;) {
		int ended_status;
		pid_t ended = waitpid(-1, &ended_status, block ? 0 : WNOHANG);
		if (ended == pid && ended > 0) {
			*status = ended_status;
			return 1;
		}
		if (ended == 0)
			return 0;
		if (ended < 0 && errno != EINTR)
			return -1;
	}
}

/* A message of init's own: on standard error, which is the console or the host's. */
static void complain(const char *what)
{
	char line[512];
	int length = snprintf(line, sizeof line, "init: %s: %s\n", what, strerror(errno));
	if (length > 0 && (size_t)length < sizeof line)
		(void)write_fully(2, line, (unsigned long)length);
}

static _Noreturn void power_off(void)
{
	sync();
	reboot(RB_POWER_OFF);
	complain("cannot power off");
	for (;;)
		pause();
}

/* Puts `path` on descriptor `fd`. */
static int attach(const char *path, int flags, int fd)
{
	int opened = open(path, flags);
	if (opened < 0)
		return -1;
	if (opened != fd) {
		if (dup2(opened, fd) < 0)
			return -1;
		close(opened);
	}
	return 0;
}

static int open_results(void)
{
	return open(RESULTS, O_WRONLY | O_CLOEXEC);
}

/* 128 + the signal, as shells have it. */
static int exit_code(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Runs the one command and powers off. */
static _Noreturn void run_command(char *words, unsigned long size)
{
	if (attach("/dev/host/stdin", O_RDONLY, 0) < 0 || attach("/dev/host/stdout", O_WRONLY, 1) < 0 ||
	    attach("/dev/host/stderr", O_WRONLY, 2) < 0)
		complain("cannot open the host's streams");
	int results = open_results();
	if (results < 0)
		complain(RESULTS);

	unsigned long count = 0;
	for (unsigned long i = 0; i < size; i++)
		count += words[i] == '\0';
	char **argv = calloc(count + 1, sizeof *argv);
	if (argv == NULL || count == 0) {
		complain(EXEC_FILE);
		power_off();
	}
	char *word = words;
	for (unsigned long i = 0; i < count; i++) {
		argv[i] = word;
		word += strlen(word) + 1;
	}

	(void)write_fully(results, "ready\n", 6);
	int code = 126;
	pid_t child = fork();
	if (child == 0) {
		setsid();
		execvp(argv[0], argv);
		complain(argv[0]);
		_exit(errno == ENOENT ? 127 : 126);
	}
	if (child < 0) {
		complain("cannot fork");
	} else {
		int status;
		if (reap(child, &status, 1) == 1)
			code = exit_code(status);
		else
			complain("waitpid");
	}
	char line[32];
	int length = snprintf(line, sizeof line, "exit %d\n", code);
	(void)write_fully(results, line, (unsigned long)length);
	power_off();
}

/* Tells the console how large the host's window is, and programs what kind of terminal it is. */
static void set_terminal(void)
{
	unsigned long size;
	char *text = read_file(TERMINAL_FILE, &size);
	if (text == NULL)
		return;
	char *next;
	struct winsize window;
	memset(&window, 0, sizeof window);
	window.ws_row = (unsigned short)strtoul(text, &next, 10);
	window.ws_col = (unsigned short)strtoul(next, &next, 10);
	while (*next == ' ')
		next++;
	next[strcspn(next, "\n")] = '\0';
	if (window.ws_row > 0 && window.ws_col > 0)
		(void)ioctl(0, TIOCSWINSZ, &window);
	if (*next != '\0')
		setenv("TERM", next, 1);
	free(text);
}

static _Noreturn void run_shell(void)
{
	int quick_failures = 0;

	/* The terminal must be free for the shell's session to take. */
	if (attach("/dev/console", O_RDWR | O_NOCTTY, 0) < 0 || dup2(0, 1) < 0 || dup2(0, 2) < 0)
		complain("/dev/console");
	set_terminal();
	for (;;) {
		pid_t shell = fork();
		if (shell == 0) {
			setsid();
			(void)ioctl(0, TIOCSCTTY, 0);
			execl("/bin/sh", "-sh", (char *)NULL);
			complain("/bin/sh");
			_exit(127);
		}
		int status;
		if (shell < 0 || reap(shell, &status, 1) != 1) {
			complain("cannot run the shell");
			power_off();
		}
		if (WIFEXITED(status) && WEXITSTATUS(status) != 127)
			power_off();
		/* A shell that crashed is started again, but not for ever. */
		if (++quick_failures > 5)
			power_off();
	}
}

/* Mounts a file system in memory, so that what programs leave there cannot fill the root. */
static void mount_memory(const char *where, const char *options)
{
	if ((mkdir(where, 0755) < 0 && errno != EEXIST) || mount("tmpfs", where, "tmpfs", 0, options) < 0)
		complain(where);
}

int main(void)
{
	unsigned long size;

	if (getpid() != 1) {
		fputs("init: this is for process 1\n", stderr);
		return 1;
	}
	umask(022);
	mount_memory("/tmp", "mode=1777");
	mount_memory("/run", "mode=755");
	setenv("PATH", "/bin:/usr/bin:/sbin", 1);
	setenv("HOME", "/root", 1);
	setenv("TERM", "vt100", 0);

	char *words = read_file(EXEC_FILE, &size);
	if (words != NULL)
		run_command(words, size);

	struct stat info;
	if (stat(BATCH_FILE, &info) == 0) {
		if (attach("/dev/null", O_RDWR, 0) < 0 || dup2(0, 1) < 0 || dup2(0, 2) < 0)
			complain("/dev/null");
		int results = open_results();
		if (results < 0 || run_batch(BATCH_FILE, results) < 0)
			complain(BATCH_FILE);
		power_off();
	}
	(void)chdir("/root");
	run_shell();
}
