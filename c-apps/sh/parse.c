/* Splits a line into words, quotes removed and variables expanded, and words into pipelines.
 *
 * Not a POSIX shell: an unquoted variable is not split into several words, there are no patterns, no
 * command substitution and no compound commands. */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sh.h"

enum { POOL = 64 * 1024 };

static char pool[POOL];
static size_t used;

static int put(char byte)
{
	if (used == POOL) {
		fprintf(stderr, "sh: the line is too long\n");
		return -1;
	}
	pool[used++] = byte;
	return 0;
}

static int put_string(const char *string)
{
	while (*string != '\0')
		if (put(*string++) < 0)
			return -1;
	return 0;
}

/* Expands what follows a `$` at *text. */
static int expand(const char **text, const struct context *context)
{
	const char *at = *text;
	char number[16];

	if (*at == '?' || *at == '$') {
		snprintf(number, sizeof number, "%d", *at == '?' ? context->last_status : (int)getpid());
		*text = at + 1;
		return put_string(number);
	}
	if (isdigit((unsigned char)*at)) {
		int index = *at - '0';
		*text = at + 1;
		return index < context->argc ? put_string(context->argv[index]) : 0;
	}
	int braces = *at == '{';
	at += braces;
	const char *start = at;
	while (isalnum((unsigned char)*at) || *at == '_')
		at++;
	char name[128];
	size_t length = (size_t)(at - start);
	if (length == 0 && !braces)
		return put('$');
	if (length == 0 || length >= sizeof name || (braces && *at != '}')) {
		fprintf(stderr, "sh: a variable's name is not understood\n");
		return -1;
	}
	memcpy(name, start, length);
	name[length] = '\0';
	*text = at + braces;
	const char *value = getenv(name);
	return value != NULL ? put_string(value) : 0;
}

static int ends_word(char byte)
{
	return byte == '\0' || strchr(" \t\n;|&<>", byte) != NULL;
}

static void skip_blanks(const char **text)
{
	while (**text == ' ' || **text == '\t')
		++*text;
	/* A comment reaches to the end of its line. */
	if (**text == '#')
		*text += strcspn(*text, "\n");
}

/* Reads one word. Returns it, or NULL after printing what is wrong. */
static char *word(const char **text, const struct context *context)
{
	char *result = pool + used;
	char quote = '\0';
	const char *at = *text;

	while (quote != '\0' || !ends_word(*at)) {
		char byte = *at++;
		int failed = 0;
		if (byte == '\0') {
			fprintf(stderr, "sh: a quote is not closed\n");
			return NULL;
		}
		if (byte == quote) {
			quote = '\0';
		} else if (quote == '\'') {
			failed = put(byte);
		} else if (byte == '\'' && quote == '\0') {
			quote = '\'';
		} else if (byte == '"') {
			quote = '"';
		} else if (byte == '\\' && *at != '\0' && (quote == '\0' || strchr("$`\"\\\n", *at) != NULL)) {
			byte = *at++;
			failed = byte == '\n' ? 0 : put(byte);
		} else if (byte == '$') {
			failed = expand(&at, context);
		} else {
			failed = put(byte);
		}
		if (failed < 0)
			return NULL;
	}
	*text = at;
	return put('\0') < 0 ? NULL : result;
}

/* Reads a redirection if one stands at *text: 1, else 0, -1 after printing what is wrong. */
static int redirection(const char **text, const struct context *context, struct stage *stage)
{
	const char *at = *text;
	int fd = -1;

	if (isdigit((unsigned char)at[0]) && (at[1] == '<' || at[1] == '>'))
		fd = *at++ - '0';
	if (*at != '<' && *at != '>')
		return 0;
	if (stage->redirections == MAX_REDIRECTIONS) {
		fprintf(stderr, "sh: too many redirections\n");
		return -1;
	}
	struct redirection *new = &stage->redirection[stage->redirections++];
	new->flags = O_RDONLY;
	new->from = -1;
	new->path = NULL;
	new->fd = fd >= 0 ? fd : *at == '>';
	if (*at++ == '>') {
		int append = *at == '>';
		at += append;
		new->flags = O_WRONLY | O_CREAT | (append ? O_APPEND : O_TRUNC);
	}
	if (*at == '&' && isdigit((unsigned char)at[1])) {
		new->from = at[1] - '0';
		*text = at + 2;
		return 1;
	}
	skip_blanks(&at);
	if (ends_word(*at)) {
		fprintf(stderr, "sh: a redirection needs a file\n");
		return -1;
	}
	new->path = word(&at, context);
	*text = at;
	return new->path != NULL ? 1 : -1;
}

int parse_pipeline(const char **text, const struct context *context, struct pipeline *result)
{
	const char *at = *text;

	used = 0;
	result->negated = 0;
	result->stages = 1;
	struct stage *stage = &result->stage[0];
	stage->argc = stage->redirections = 0;
	for (;;) {
		skip_blanks(&at);
		if (*at == '\n' && result->stages == 1 && stage->argc == 0 && stage->redirections == 0) {
			at++;
			continue;
		}
		int empty = stage->argc == 0 && stage->redirections == 0;
		if (*at == '\0' && empty && result->stages == 1 && !result->negated) {
			*text = at;
			return 0;
		}
		if (*at == '!' && empty && result->stages == 1 && ends_word(at[1])) {
			result->negated = !result->negated;
			at++;
			continue;
		}
		if (ends_word(*at) && *at != '<' && *at != '>') {
			if (empty) {
				fprintf(stderr, "sh: a command is missing\n");
				return -1;
			}
			stage->argv[stage->argc] = NULL;
			if (at[0] == '|' && at[1] != '|') {
				if (result->stages == MAX_STAGES) {
					fprintf(stderr, "sh: the pipeline is too long\n");
					return -1;
				}
				stage = &result->stage[result->stages++];
				stage->argc = stage->redirections = 0;
				at++;
				continue;
			}
			break;
		}
		int found = redirection(&at, context, stage);
		if (found < 0)
			return -1;
		if (found > 0)
			continue;
		if (stage->argc == MAX_WORDS) {
			fprintf(stderr, "sh: too many words\n");
			return -1;
		}
		char *new = word(&at, context);
		if (new == NULL)
			return -1;
		stage->argv[stage->argc++] = new;
	}
	if (at[0] == '&' && at[1] == '&') {
		result->next = AND;
		at += 2;
	} else if (at[0] == '|') {
		result->next = OR;
		at += 2;
	} else if (at[0] == '&') {
		fprintf(stderr, "sh: there are no background commands\n");
		return -1;
	} else {
		result->next = *at == '\0' ? END : SEQUENCE;
		at += *at != '\0';
	}
	*text = at;
	return 1;
}

int skip_pipeline(const char **text, const struct context *context, enum separator *next)
{
	static struct pipeline ignored;
	int found = parse_pipeline(text, context, &ignored);
	*next = found > 0 ? ignored.next : END;
	return found;
}
