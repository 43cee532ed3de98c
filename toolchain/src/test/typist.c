/* Runs a program on a pseudo-terminal, types what a script says and prints what the program wrote, with control
 * characters spelled out. Everything it prints is the same from run to run if the program's output is.
 *
 * Usage: typist SCRIPT PROGRAM [ARGUMENT]...
 *
 * A line of the script is one of
 *   type TEXT         types it; \n \r \e \t \\ and \xHH stand for characters
 *   wait TEXT         reads until the program has written it, after what was waited for before
 *   show              prints what was read, up to what was waited for, and not printed yet
 *   skip              leaves that out
 *   size ROWS COLUMNS sets the window's size
 * At the end of the script the program must end by itself; how it did is printed last. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 1 << 18, LIMIT = 20 /* seconds for one step */ };

static char seen[MOST];
static size_t seen_size, matched, shown;
static int terminal;
static pid_t child;

static void spell(FILE *to, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c == '\r')
			fputs("\\r", to);
		else if (c == 27)
			fputs("\\e", to);
		else if (c == '\n')
			fputs("\n", to);
		else if (c < 32 || c > 126)
			fprintf(to, "\\x%02x", c);
		else
			fputc(c, to);
	}
}

static void fail(const char *what, const char *detail)
{
	fprintf(stderr, "typist: %s%s; the program wrote:\n", what, detail);
	spell(stderr, seen + shown, seen_size - shown);
	fputc('\n', stderr);
	kill(-child, SIGKILL);
	kill(child, SIGKILL);
	exit(1);
}

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Reads once; 0 when the program has closed the terminal. */
static int more(double deadline, const char *what, const char *detail)
{
	struct pollfd descriptor = {terminal, POLLIN, 0};
	double left = deadline - now();
	ssize_t count;
	if (left <= 0 || poll(&descriptor, 1, (int)(left * 1000)) == 0)
		fail(what, detail);
	if (seen_size == MOST)
		fail("too much output", "");
	count = read(terminal, seen + seen_size, MOST - seen_size);
	if (count < 0 && errno == EINTR)
		return 1;
	if (count <= 0)
		return 0;
	seen_size += (size_t)count;
	return 1;
}

/* Replaces the escapes of a line in place and returns its length. */
static size_t unescape(char *text)
{
	char *to = text;
	for (char *from = text; *from; from++) {
		if (*from != '\\' || !from[1]) {
			*to++ = *from;
			continue;
		}
		switch (*++from) {
		case 'n': *to++ = '\n'; break;
		case 'r': *to++ = '\r'; break;
		case 't': *to++ = '\t'; break;
		case 'e': *to++ = 27; break;
		case 'x': {
			char digits[3] = {from[1], from[1] ? from[2] : 0, 0};
			*to++ = (char)strtol(digits, NULL, 16);
			from += strlen(digits);
			break;
		}
		default: *to++ = *from;
		}
	}
	return (size_t)(to - text);
}

static void wait_for(const char *text, size_t size)
{
	double deadline = now() + LIMIT;
	for (;;) {
		char *found = memmem(seen + matched, seen_size - matched, text, size);
		if (found) {
			matched = (size_t)(found - seen) + size;
			return;
		}
		if (!more(deadline, "waited in vain for ", text))
			fail("the program ended before it wrote ", text);
	}
}

static void type(const char *text, size_t size)
{
	while (size > 0) {
		ssize_t count = write(terminal, text, size);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			fail("cannot type ", text);
		text += count;
		size -= (size_t)count;
	}
}

static void set_size(unsigned short rows, unsigned short columns)
{
	struct winsize size = {.ws_row = rows, .ws_col = columns};
	if (ioctl(terminal, TIOCSWINSZ, &size) != 0)
		fail("cannot set the size", "");
}

static void start(char **argv)
{
	char *name;
	terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0 || !(name = ptsname(terminal))) {
		perror("typist: pseudo-terminal");
		exit(1);
	}
	set_size(24, 80);
	child = fork();
	if (child < 0) {
		perror("typist: fork");
		exit(1);
	}
	if (child > 0)
		return;
	setsid();
	int line = open(name, O_RDWR);
	if (line < 0 || ioctl(line, TIOCSCTTY, 0) != 0)
		_exit(126);
	for (int fd = 0; fd < 3; fd++)
		dup2(line, fd);
	if (line > 2)
		close(line);
	execv(argv[0], argv);
	_exit(127);
}

int main(int argc, char **argv)
{
	char line[4096];
	int status;
	FILE *script = argc > 2 ? fopen(argv[1], "r") : NULL;
	if (!script) {
		fprintf(stderr, "usage: typist SCRIPT PROGRAM [ARGUMENT]...\n");
		return 2;
	}
	start(argv + 2);
	while (fgets(line, sizeof line, script)) {
		unsigned short rows, columns;
		line[strcspn(line, "\n")] = 0;
		if (line[0] == 0 || line[0] == '#')
			continue;
		if (strncmp(line, "type ", 5) == 0) {
			type(line + 5, unescape(line + 5));
		} else if (strncmp(line, "wait ", 5) == 0) {
			size_t size = unescape(line + 5);
			line[5 + size] = 0;
			wait_for(line + 5, size);
		} else if (strcmp(line, "show") == 0) {
			spell(stdout, seen + shown, matched - shown);
			fputc('\n', stdout);
			shown = matched;
		} else if (strcmp(line, "skip") == 0) {
			shown = matched;
		} else if (sscanf(line, "size %hu %hu", &rows, &columns) == 2) {
			set_size(rows, columns);
		} else {
			fail("not understood: ", line);
		}
	}
	for (double deadline = now() + LIMIT; more(deadline, "the program does not end", "");)
		;
	if (waitpid(child, &status, 0) != child)
		fail("waitpid", "");
	if (WIFSIGNALED(status))
		printf("signal %d\n", WTERMSIG(status));
	else
		printf("exit %d\n", WEXITSTATUS(status));
	return 0;
}
