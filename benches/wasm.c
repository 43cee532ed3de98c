/* Measures the `wasm` command: whole runs of it, or the difference between two. What to run is told by the file
 * /bench/rows, whose lines are of two kinds, with tabs between their fields:
 *
 *   run STATUS COMMAND                          run this, without a row for it
 *   row NAME TIMES COUNT STATUS COMMAND [LESS]  run this TIMES times; the row's value is the cost of the last run, less
 *                                               that of the last of LESS if there is one, divided by COUNT
 *
 * A command is a line of words with blanks between them, STATUS what all of them exit with. */
#define _GNU_SOURCE
#include "guest.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { WORDS = 32, FILES = 100, MIB = 1 << 20 };

static char *const environment[] = { "HOME=/tmp/home", NULL };

/* Splits a line in place. */
static int split(char *line, const char *separators, char **words, int most)
{
	int count = 0;
	for (char *word = strsep(&line, separators); word && count < most; word = strsep(&line, separators))
		words[count++] = word;
	return count;
}

/* Runs a command to its end and returns what that cost. */
static unsigned long run(const char *command, int wanted)
{
	char line[1024], *words[WORDS + 1];
	check(strlen(command) < sizeof line, "a command is too long");
	strcpy(line, command);
	words[split(line, " ", words, WORDS)] = NULL;

	unsigned long start = now();
	pid_t pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);
		int errors = open("/tmp/errors", O_WRONLY | O_CREAT | O_TRUNC, 0600);
		dup2(null, 0);
		dup2(null, 1);
		dup2(errors, 2);
		close(null);
		close(errors);
		execve(words[0], words, environment);
		_exit(127);
	}
	int status;
	check(pid > 0 && waitpid(pid, &status, 0) == pid, "fork or wait");
	unsigned long cost = now() - start;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != wanted) {
		char reason[512], message[160] = "";
		int errors = open("/tmp/errors", O_RDONLY);
		ssize_t length = read(errors, message, sizeof message - 1);
		message[length > 0 ? length : 0] = '\0';
		snprintf(reason, sizeof reason, "%s ended with %#x, not %d: %s", command, (unsigned)status, wanted,
			message);
		reason[strcspn(reason, "\n")] = '\0';
		check(0, reason);
	}
	return cost;
}

static unsigned long run_often(const char *command, int times, int wanted)
{
	unsigned long cost = 0;
	for (int i = 0; i < times; i++)
		cost = run(command, wanted);
	return cost;
}

static void act(char *line)
{
	char *fields[8];
	int count = split(line, "\t", fields, 8);
	if (count == 3 && strcmp(fields[0], "run") == 0) {
		(void)run(fields[2], atoi(fields[1]));
		return;
	}
	check((count == 6 || count == 7) && strcmp(fields[0], "row") == 0, "a line of /bench/rows is odd");
	int times = atoi(fields[2]), wanted = atoi(fields[4]);
	unsigned long less = count == 7 ? run_often(fields[6], times, wanted) : 0;
	unsigned long cost = run_often(fields[5], times, wanted);
	check(cost >= less, fields[1]);
	report(fields[1], (cost - less) / strtoul(fields[3], NULL, 10));
}

/* What the modules work on. */
static void make_files(void)
{
	static char block[MIB];
	(void)mkdir("/tmp", 0777);
	(void)mkdir("/tmp/home", 0700);
	check(mkdir("/tmp/data", 0777) == 0 && mkdir("/tmp/data/many", 0777) == 0, "mkdir");
	int file = open("/tmp/data/block", O_WRONLY | O_CREAT, 0600);
	memset(block, 'x', sizeof block);
	check(write(file, block, sizeof block) == sizeof block && close(file) == 0, "/tmp/data/block");
	for (int i = 0; i < FILES; i++) {
		char name[64];
		snprintf(name, sizeof name, "/tmp/data/many/file-%d", i);
		check(close(open(name, O_WRONLY | O_CREAT, 0600)) == 0, name);
	}
}

static void measure_all(void)
{
	char line[4096];
	FILE *rows = fopen("/bench/rows", "r");
	check(rows != NULL, "/bench/rows can't be opened");
	while (fgets(line, sizeof line, rows)) {
		line[strcspn(line, "\n")] = '\0';
		act(line);
	}
}

int main(void)
{
	open_results();
	if (access("/proc/meminfo", R_OK) != 0)
		(void)mount("proc", "/proc", "proc", 0, NULL);
	/* In a child: a failed check ends it, and the machine still powers off. */
	pid_t pid = fork();
	if (pid == 0) {
		make_files();
		measure_all();
		_exit(0);
	}
	int status;
	if (waitpid(pid, &status, 0) != pid || status != 0)
		report("failed: status of the measurements", (unsigned long)status);
	power_off();
	return 1;
}
