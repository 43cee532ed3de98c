/* expect: not-glibc it loses fields after one that is split, empty quotes, and words inside of braces */
/* wordexp: random words and variables. musl asks the shell, so that the shell is the reference. */
#define _GNU_SOURCE
#include "fuzz.h"
#include <fcntl.h>
#include <wordexp.h>

static void piece(char *to, int depth);

static void several(char *to, int depth, unsigned most)
{
	for (unsigned count = below(most + 1); count > 0; count--) piece(to, depth);
}

static void piece(char *to, int depth)
{
	static const char *plain[] = {
		"a", "b c", "x", ".", "*", "?", "[a-c]", "\\ ", "\\$", "\\\\", " ", "\t", "$X", "${X}", "$STAR", "$SPACED", "$EMPTY", "$NONE", "${NONE}", "~", "~/",
		"$ ", "''", "\"\"", "=", ":", "/", "-", "7", "\\'", "$((1+2))", "\\\n", "%", "!"};
	static const char *operators[] = {"-", ":-", "+", ":+", "=", ":=", "#", "##", "%", "%%"};
	static const char *variables[] = {"X", "EMPTY", "NONE", "STAR", "SPACED"};
	static const char *numbers[] = {"1", "23", "(4-1)", "-5", "7 ", " 2"};
	static const char *signs[] = {"+", "-", "*", "/", " + "};
	switch (depth > 0 ? below(11) : below(5)) {
	default: strcat(to, pick(plain)); break;
	case 5:
		strcat(to, "\"");
		several(to, depth - 1, 3);
		strcat(to, "\"");
		break;
	case 6: strcat(to, "'b $X \\'"); break;
	case 7:
	case 8:
		strcat(to, "${");
		strcat(to, pick(variables));
		strcat(to, pick(operators));
		char *word = to + strlen(to);
		several(to, depth - 1, 2);
		/* A name behind the tilde that is not portable has undefined results (XCU 2.6.1), and dash loses text behind "~$". */
		if (*word == '~' && word[1] && word[1] != '/') *word = 'y';
		strcat(to, "}");
		break;
	case 9:
		strcat(to, "${#");
		strcat(to, pick(variables));
		strcat(to, "}");
		break;
	case 10:
		strcat(to, "$((");
		strcat(to, pick(numbers));
		for (unsigned count = below(3); count > 0; count--) {
			strcat(to, pick(signs));
			strcat(to, pick(numbers));
		}
		strcat(to, "))");
		break;
	}
}

static void one_case(void)
{
	char text[4096] = "";
	for (unsigned count = 1 + below(4); count > 0; count--) piece(text, 2);
	/* In musl the shell has the variables, so what it sets is lost with it. */
	int flags = 0; /* musl leaves WRDE_UNDEF to itself, and a shell sets IFS anew */
	wordexp_t words = {0};
	if (below(6) == 0) flags |= WRDE_DOOFFS, words.we_offs = below(3);
	setenv("X", "va l", 1);
	setenv("EMPTY", "", 1);
	setenv("STAR", "*.c", 1);
	setenv("SPACED", "  p  q ", 1);
	setenv("HOME", "/home/me", 1);
	unsetenv("NONE");
	say_bytes(text, strlen(text));
	int status = wordexp(text, &words, flags);
	say(" %x: %s\n", flags, status ? "refused" : "ok");
	if (status == 0) {
		for (size_t i = 0; i < words.we_wordc; i++) {
			const char *word = words.we_wordv[words.we_offs + i];
			say_bytes(word, strlen(word));
			say("\n");
		}
		say("%s\n", words.we_wordv[words.we_offs + words.we_wordc] ? "no end" : "");
		wordfree(&words);
	}
}

int main(int argc, char **argv)
{
	static const char *files[] = {"a", "b.c", "x7", ".hidden", "a b"};
	for (int i = 0; i < 5; i++) close(open(files[i], O_CREAT | O_WRONLY, 0600));
	close(2);
	open("/dev/null", O_WRONLY);
	return fuzz(argc, argv, one_case, 200, 20);
}
