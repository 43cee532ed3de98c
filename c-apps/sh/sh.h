/* The shell's two halves: parse.c turns a line into commands, sh.c runs them. */
#ifndef SH_H
#define SH_H

#include <stddef.h>

enum { MAX_WORDS = 512, MAX_STAGES = 32, MAX_REDIRECTIONS = 16 };

/* One redirection: open `path` with `flags` on descriptor `fd`, or copy descriptor `from` if path is NULL. */
struct redirection {
	int fd;
	int from;
	int flags;
	char *path;
};

/* One program of a pipeline. */
struct stage {
	int argc;
	char *argv[MAX_WORDS + 1];
	int redirections;
	struct redirection redirection[MAX_REDIRECTIONS];
};

/* What stands between two pipelines. */
enum separator { END, SEQUENCE, AND, OR };

struct pipeline {
	int negated;
	int stages;
	struct stage stage[MAX_STAGES];
	enum separator next;
};

/* Values of $?, $$ and $1… while a line is parsed. */
struct context {
	int last_status;
	int argc;
	char **argv;
};

/* Parses the next pipeline at *text and moves *text behind it. Variables are expanded as of now, so a
 * pipeline is to be run before the next is parsed. Strings live in a pool until the next call.
 * Returns 1 with a pipeline, 0 at the end of the text, -1 after printing what is wrong. */
int parse_pipeline(const char **text, const struct context *context, struct pipeline *result);

/* Moves *text behind the next pipeline without expanding anything; returns as parse_pipeline does. */
int skip_pipeline(const char **text, const struct context *context, enum separator *next);

#endif
