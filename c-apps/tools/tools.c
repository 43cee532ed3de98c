/* Basic commands in one program, chosen by the name it is called by (or by its first argument).
 *
 * They make a prompt useful until real ones are ported and know only the most common options. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools.h"

static const char *name;

int fail(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", name, what, strerror(errno));
	return 1;
}

static int true_main(int argc, char **argv)
{
	(void)argc, (void)argv;
	return 0;
}

static int false_main(int argc, char **argv)
{
	(void)argc, (void)argv;
	return 1;
}

static int echo_main(int argc, char **argv)
{
	int first = 1, newline = 1;

	if (argc > 1 && strcmp(argv[1], "-n") == 0) {
		newline = 0;
		first = 2;
	}
	for (int i = first; i < argc; i++)
		printf("%s%s", i > first ? " " : "", argv[i]);
	if (newline)
		putchar('\n');
	return 0;
}

static int pwd_main(int argc, char **argv)
{
	char path[4096];

	(void)argc, (void)argv;
	if (getcwd(path, sizeof path) == NULL)
		return fail("getcwd");
	puts(path);
	return 0;
}

static const struct command {
	const char *name;
	int (*main)(int argc, char **argv);
} commands[] = {
	{ "cat", cat_main },     { "cp", cp_main },       { "date", date_main },
	{ "echo", echo_main },   { "env", env_main },     { "false", false_main },
	{ "free", free_main },   { "kill", kill_main },   { "ls", ls_main },
	{ "mkdir", mkdir_main }, { "mv", mv_main },       { "poweroff", poweroff_main },
	{ "ps", ps_main },       { "pwd", pwd_main },     { "reboot", reboot_main },
	{ "rm", rm_main },       { "rmdir", rmdir_main }, { "sleep", sleep_main },
	{ "touch", touch_main }, { "true", true_main },   { "uname", uname_main },
	{ "wc", wc_main },
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash != NULL ? slash + 1 : path;
}

int main(int argc, char **argv)
{
	name = argc > 0 ? base_name(argv[0]) : "tools";
	if (strcmp(name, "tools") == 0 && argc > 1) {
		argc--;
		argv++;
		name = argv[0];
	}
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		if (strcmp(commands[i].name, name) != 0)
			continue;
		int status = commands[i].main(argc, argv);
		if (fflush(stdout) != 0 || ferror(stdout))
			return fail("standard output");
		return status;
	}
	fprintf(stderr, "tools: there is no '%s'; there are", name);
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		fprintf(stderr, " %s", commands[i].name);
	fprintf(stderr, "\n");
	return 127;
}
