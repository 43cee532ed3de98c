/* expect: not-musl its messages and the order it leaves the arguments in are other ones */
/* getopt, getopt_long and getopt_long_only: random options, arguments and orders, with their messages. */
#define _GNU_SOURCE
#include "fuzz.h"
#include <fcntl.h>
#include <getopt.h>

static FILE *messages;

static void one_case(void)
{
	static const char *starts[] = {"", "", "", "+", "-", ":", "+:", "-:"};
	static const char *letters[] = {"a", "b:", "c::", "d", "W;", "v", "0", "x:", "a:", "-"};
	static const char *names[] = {"add", "all", "append", "b", "create", "v", "verbose", "verb", "file", "filename", "x"};
	static const char *texts[] = {"-a", "-b", "-bvalue", "-c", "-cval", "-d", "-ad", "-ab", "-q", "-", "--", "operand", "other", "--add", "--al", "--a", "--append=1", "--append", "--file", "--filen", "--file=",
				      "--filename=n", "--verb", "--verbose", "--ver", "--none", "--=x", "-Wadd", "-W", "-v", "-add", "-file", "-fi=3", "--x=y", "-x", "-0", "", "--b", "-create", "---", "-:", "-?", "-;", "-W add"};
	char optstring[64] = "", program[] = "program";
	struct option longs[8];
	int flags[8] = {0};
	char copies[16][32], *arguments[17];
	strcpy(optstring, pick(starts));
	for (unsigned count = below(7); count > 0; count--) {
		const char *letter = pick(letters);
		/* A hyphen among the letters is for each library to understand, but in front. */
		if (*letter == '-') continue;
		strcat(optstring, letter);
	}
	unsigned count = below(7);
	for (unsigned i = 0; i < count; i++) {
		longs[i].name = pick(names);
		longs[i].has_arg = below(3);
		longs[i].flag = below(3) ? NULL : &flags[i];
		longs[i].val = below(2) ? 'A' + (int)i : 500 + (int)below(3);
	}
	memset(&longs[count], 0, sizeof longs[count]);
	int number = 1 + below(9), kind = below(3);
	arguments[0] = program;
	for (int i = 1; i < number; i++) arguments[i] = strcpy(copies[i], pick(texts));
	arguments[number] = NULL;
	if (below(6) == 0) setenv("POSIXLY_CORRECT", "1", 1);
	else unsetenv("POSIXLY_CORRECT");
	say("kind %d \"%s\"", kind, optstring);
	for (unsigned i = 0; i < count; i++) say(" %s:%d:%d:%d", longs[i].name, longs[i].has_arg, longs[i].flag != NULL, longs[i].val);
	for (int i = 0; i < number; i++) say(" <%s>", arguments[i]);
	say("\n");
	if (ftruncate(2, 0)) say("not emptied\n");
	lseek(2, 0, SEEK_SET);
	/* POSIX.1-2024 getopt() stops at the first operand, glibc's only if it is told to. */
	if (kind == 0 && *optstring != '+' && *optstring != '-') {
		memmove(optstring + 1, optstring, strlen(optstring) + 1);
		*optstring = '+';
	}
	optind = 0;
	opterr = below(4) != 0;
	optopt = 0;
	for (int steps = 0; steps < 40; steps++) {
		int index = -7;
		int found = kind == 0 ? getopt(number, arguments, optstring) : kind == 1 ? getopt_long(number, arguments, optstring, longs, below(4) ? &index : NULL)
											   : getopt_long_only(number, arguments, optstring, longs, &index);
		say("%d", found);
		if (found == -1) break;
		/* What is in optopt is only said for an error, and what in optarg where there was none. */
		if (found == '?' || found == ':') say(" opt %d", optopt);
		else say(" arg %s", optarg ? optarg : "none");
		say(" ind %d index %d\n", optind, index);
	}
	say(" ind %d:", optind);
	for (int i = 0; i < number; i++) say(" <%s>", arguments[i]);
	for (unsigned i = 0; i < count; i++) say(" %d", flags[i]);
	say("\n");
	fflush(stderr);
	lseek(2, 0, SEEK_SET);
	char text[4096];
	ssize_t n = read(2, text, sizeof text);
	if (n > 0) say_bytes(text, n);
	say("\n");
}

int main(int argc, char **argv)
{
	messages = tmpfile();
	if (!messages || dup2(fileno(messages), 2) != 2) return 1;
	return fuzz(argc, argv, one_case, 6000, 300);
}
