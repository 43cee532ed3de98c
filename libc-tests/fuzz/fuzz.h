/* Random cases whose result every C library must agree about. A test defines `one_case`, which makes what it does from
 * `below` alone and tells with `say` what it saw, and calls `fuzz`. Without arguments the program prints a digest for each
 * group of cases; `PROGRAM FIRST COUNT` prints one for each case, and `PROGRAM CASE` what that case says. `compare` in this
 * folder does that for two libraries. */
#ifndef FUZZ_H
#define FUZZ_H
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t fuzz_state;

/* xorshift64*: a number below `n`, which is not 0. */
static unsigned below(unsigned n)
{
	fuzz_state ^= fuzz_state >> 12;
	fuzz_state ^= fuzz_state << 25;
	fuzz_state ^= fuzz_state >> 27;
	return (unsigned)((fuzz_state * 0x2545f4914f6cdd1dULL) >> 33) % n;
}

#define pick(array) ((array)[below(sizeof(array) / sizeof *(array))])

static char fuzz_text[1 << 20];
static size_t fuzz_length;

/* Adds to what this case says. */
static void say(const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	int n = vsnprintf(fuzz_text + fuzz_length, sizeof fuzz_text - fuzz_length, format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof fuzz_text - fuzz_length) {
		write(2, "a case says too much\n", 21);
		_exit(9);
	}
	fuzz_length += n;
}

/* Adds bytes, readable. */
static void say_bytes(const void *bytes, size_t n)
{
	const unsigned char *at = bytes;
	say("\"");
	for (size_t i = 0; i < n; i++) say(at[i] >= ' ' && at[i] < 127 && at[i] != '\\' ? "%c" : "\\%02x", at[i]);
	say("\"");
}

/* Adds wide characters, readable. */
static void say_wide(const int *wide, size_t n)
{
	say("L\"");
	for (size_t i = 0; i < n; i++) say(wide[i] >= ' ' && wide[i] < 127 && wide[i] != '\\' ? "%c" : "\\{%x}", wide[i]);
	say("\"");
}

static const char *error_name(int error)
{
	static char number[16];
	switch (error) {
	case 0: return "0";
	case EBADF: return "EBADF";
	case EINVAL: return "EINVAL";
	case EILSEQ: return "EILSEQ";
	case ERANGE: return "ERANGE";
	case E2BIG: return "E2BIG";
	case EOVERFLOW: return "EOVERFLOW";
	case ENOSPC: return "ENOSPC";
	case ESPIPE: return "ESPIPE";
	case ENOENT: return "ENOENT";
	}
	snprintf(number, sizeof number, "%d", error);
	return number;
}

static uint64_t fuzz_digest(uint64_t digest)
{
	for (size_t i = 0; i < fuzz_length; i++) digest = (digest ^ (unsigned char)fuzz_text[i]) * 0x100000001b3ULL;
	return digest;
}

static void fuzz_run(unsigned number, void (*one_case)(void))
{
	fuzz_state = (number + 1) * 0x9e3779b97f4a7c15ULL;
	for (int i = 0; i < 4; i++) below(2);
	fuzz_length = 0;
	one_case();
}

static void fuzz_crashed(int number)
{
	write(1, fuzz_text, fuzz_length);
	_exit(128 + number);
}

/* Runs the cases: `usual` of them in groups of `group`, or those that the arguments name. */
static int fuzz(int argc, char **argv, void (*one_case)(void), unsigned usual, unsigned group)
{
	if (argc == 2) {
		signal(SIGSEGV, fuzz_crashed);
		signal(SIGABRT, fuzz_crashed);
		fuzz_run(strtoul(argv[1], NULL, 10), one_case);
		for (size_t at = 0; at < fuzz_length;) {
			ssize_t n = write(1, fuzz_text + at, fuzz_length - at);
			if (n < 0) return 1;
			at += n;
		}
		return 0;
	}
	unsigned first = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
	unsigned count = argc == 3 ? strtoul(argv[2], NULL, 10) : usual;
	if (argc == 3) group = 1;
	for (unsigned at = first; at < first + count; at += group) {
		uint64_t digest = 0xcbf29ce484222325ULL;
		for (unsigned number = at; number < at + group; number++) {
			fuzz_run(number, one_case);
			digest = fuzz_digest(digest);
		}
		char line[64];
		int n = snprintf(line, sizeof line, "%u %016llx\n", at, (unsigned long long)digest);
		if (write(1, line, n) != n) return 1;
	}
	return 0;
}
#endif
