/* sh: reads commands and runs them.
 *
 *   sh                  commands from standard input, with a prompt if that is a terminal
 *   sh FILE [ARGS…]     commands from a file
 *   sh -c COMMANDS [ARGS…]
 *
 * Knows quotes, $NAME ${NAME} $? $$ $1…, NAME=VALUE, ; && || ! | < > >> 2> 2>&1 and the commands cd, exit,
 * export, unset and exec. It stands in until a real shell is ported; parse.c says what it does not know. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sh.h"

static struct context context;
static int interactive;

static void complain(const char *what)
{
	fprintf(stderr, "sh: %s: %s\n", what, strerror(errno));
}

static int redirect(const struct stage *stage)
{
	for (int i = 0; i < stage->redirections; i++) {
		const struct redirection *one = &stage->redirection[i];
		int fd = one->path != NULL ? open(one->path, one->flags, 0666) : one->from;
		if (fd < 0 || dup2(fd, one->fd) < 0) {
			complain(one->path != NULL ? one->path : "bad descriptor");
			return -1;
		}
		if (one->path != NULL && fd != one->fd)
			close(fd);
	}
	return 0;
}

/* Whether `word` is NAME=VALUE. */
static int is_assignment(const char *word)
{
	if (!isalpha((unsigned char)*word) && *word != '_')
		return 0;
	while (isalnum((unsigned char)*word) || *word == '_')
		word++;
	return *word == '=';
}

static int assign(char *word)
{
	char *equals = strchr(word, '=');
	*equals = '\0';
	int failed = setenv(word, equals + 1, 1);
	*equals = '=';
	return failed;
}

static _Noreturn void execute(char **argv)
{
	execvp(argv[0], argv);
	int error = errno;
	if (error == ENOENT && strchr(argv[0], '/') == NULL)
		fprintf(stderr, "sh: %s: not found\n", argv[0]);
	else
		complain(argv[0]);
	_exit(error == ENOENT ? 127 : 126);
}

static int change_directory(int argc, char **argv)
{
	const char *to = argc > 1 ? argv[1] : getenv("HOME");
	if (to == NULL || chdir(to) < 0) {
		fprintf(stderr, "sh: cd: %s: %s\n", to != NULL ? to : "HOME", strerror(errno));
		return 1;
	}
	return 0;
}

/* Runs a command that must act on the shell itself: 1 with its status, 0 if `stage` is none of them. */
static int builtin(struct stage *stage, int *status)
{
	char **argv = stage->argv;
	int argc = stage->argc;

	*status = 0;
	if (argc == 0)
		return 0;
	if (is_assignment(argv[0])) {
		int only_assignments = 1;
		for (int i = 0; i < argc; i++)
			only_assignments = only_assignments && is_assignment(argv[i]);
		if (!only_assignments)
			return 0;
		for (int i = 0; i < argc; i++)
			*status |= assign(argv[i]) != 0;
		return 1;
	}
	if (strcmp(argv[0], "cd") == 0) {
		/* Its messages go where the command says. */
		int saved = dup(2);
		*status = redirect(stage) < 0 ? 1 : change_directory(argc, argv);
		if (saved >= 0) {
			dup2(saved, 2);
			close(saved);
		}
		return 1;
	}
	if (strcmp(argv[0], "exit") == 0)
		exit(argc > 1 ? atoi(argv[1]) & 255 : context.last_status);
	if (strcmp(argv[0], "export") == 0) {
		for (int i = 1; i < argc; i++)
			if (is_assignment(argv[i]))
				*status |= assign(argv[i]) != 0;
		return 1;
	}
	if (strcmp(argv[0], "unset") == 0) {
		for (int i = 1; i < argc; i++)
			*status |= unsetenv(argv[i]) != 0;
		return 1;
	}
	if (strcmp(argv[0], "exec") == 0 && argc > 1) {
		if (redirect(stage) == 0)
			execute(argv + 1);
		exit(1);
	}
	return 0;
}

static int shell_status(int status)
{
	if (WIFSIGNALED(status)) {
		int number = WTERMSIG(status);
		if (number != SIGINT && number != SIGPIPE)
			fprintf(stderr, "%s%s\n", strsignal(number), WCOREDUMP(status) ? " (core dumped)" : "");
		else if (interactive)
			fputc('\n', stderr);
		return 128 + number;
	}
	return WEXITSTATUS(status);
}

/* The program of one stage, in its own process. */
static _Noreturn void run_stage(struct stage *stage, int in, int out, pid_t group)
{
	int first = 0, status;

	if (interactive) {
		setpgid(0, group);
		tcsetpgrp(0, group == 0 ? getpid() : group);
		signal(SIGINT, SIG_DFL);
		signal(SIGQUIT, SIG_DFL);
		signal(SIGTTOU, SIG_DFL);
	}
	if (in >= 0) {
		dup2(in, 0);
		close(in);
	}
	if (out >= 0) {
		dup2(out, 1);
		close(out);
	}
	if (redirect(stage) < 0)
		_exit(1);
	while (first < stage->argc && is_assignment(stage->argv[first]) && first + 1 < stage->argc)
		assign(stage->argv[first++]);
	if (stage->argc == 0)
		_exit(0);
	stage->redirections = 0;
	if (builtin(stage, &status))
		_exit(status);
	execute(stage->argv + first);
}

static int run_pipeline(struct pipeline *pipeline)
{
	int status = 0, in = -1, started = 0;
	pid_t pids[MAX_STAGES], group = 0;

	fflush(stdout);
	if (pipeline->stages == 1 && builtin(&pipeline->stage[0], &status))
		return status;
	for (int i = 0; i < pipeline->stages; i++) {
		int ends[2] = { -1, -1 };
		if (i + 1 < pipeline->stages && pipe(ends) < 0) {
			complain("pipe");
			break;
		}
		pid_t pid = fork();
		if (pid == 0) {
			if (ends[0] >= 0)
				close(ends[0]);
			run_stage(&pipeline->stage[i], in, ends[1], group);
		}
		if (in >= 0)
			close(in);
		if (ends[1] >= 0)
			close(ends[1]);
		in = ends[0];
		if (pid < 0) {
			complain("fork");
			break;
		}
		if (group == 0)
			group = pid;
		if (interactive)
			setpgid(pid, group);
		pids[started++] = pid;
	}
	if (in >= 0)
		close(in);
	if (interactive && group != 0)
		tcsetpgrp(0, group);
	int last = started == pipeline->stages ? -1 : 1;
	for (int i = 0; i < started; i++) {
		while (waitpid(pids[i], &status, 0) < 0 && errno == EINTR)
			;
		if (i + 1 == pipeline->stages)
			last = shell_status(status);
	}
	if (interactive)
		tcsetpgrp(0, getpgrp());
	return last;
}

/* Runs all commands of a text. */
static void run_text(const char *text)
{
	static struct pipeline pipeline;

	for (;;) {
		int found = parse_pipeline(&text, &context, &pipeline);
		if (found < 0) {
			context.last_status = 2;
			return;
		}
		if (found == 0)
			return;
		int status = run_pipeline(&pipeline);
		context.last_status = pipeline.negated ? status == 0 : status;
		enum separator next = pipeline.next;
		while ((next == AND && context.last_status != 0) || (next == OR && context.last_status == 0))
			if (skip_pipeline(&text, &context, &next) < 0) {
				context.last_status = 2;
				return;
			}
	}
}

/* Reads lines and runs each as it comes, so that programs can read what follows. */
static void run_lines(int fd)
{
	static char line[16 * 1024];

	for (;;) {
		size_t length = 0;
		if (interactive) {
			char where[256];
			if (getcwd(where, sizeof where) == NULL)
				strcpy(where, "?");
			printf("%s # ", where);
			fflush(stdout);
		}
		for (;;) {
			ssize_t count = read(fd, line + length, 1);
			if (count < 0 && errno == EINTR)
				continue;
			if (count <= 0) {
				if (length == 0) {
					if (interactive)
						printf("\n");
					return;
				}
				break;
			}
			if (line[length] == '\n' || length + 2 == sizeof line)
				break;
			length++;
		}
		line[length] = '\0';
		run_text(line);
	}
}

int main(int argc, char **argv)
{
	context.argc = argc;
	context.argv = argv;
	if (argc > 1 && strcmp(argv[1], "-c") == 0) {
		/* system() ends the options, so that commands may begin with a dash. */
		int text = argc > 2 && strcmp(argv[2], "--") == 0 ? 3 : 2;
		if (argc <= text) {
			fprintf(stderr, "sh: -c needs commands\n");
			return 2;
		}
		context.argc -= text + 1;
		context.argv += text + 1;
		run_text(argv[text]);
		return context.last_status;
	}
	int fd = 0;
	if (argc > 1) {
		fd = open(argv[1], O_RDONLY | O_CLOEXEC);
		if (fd < 0) {
			complain(argv[1]);
			return 127;
		}
		context.argc--;
		context.argv++;
	} else if (isatty(0)) {
		interactive = 1;
		signal(SIGINT, SIG_IGN);
		signal(SIGQUIT, SIG_IGN);
		signal(SIGTTOU, SIG_IGN);
		setpgid(0, 0);
		tcsetpgrp(0, getpgrp());
	}
	run_lines(fd);
	return context.last_status;
}
