/* The kinds of work of `calls` as a program of the machine: `native OPERATION COUNT`. What an interpreter loses, and a
 * compiler of WebAssembly can win back, is counted from here. */
#include "calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned compute(void)
{
	return lists() ^ matrices() ^ state_machine() ^ checksums();
}

static const struct {
	const char *name;
	unsigned (*act)(void);
} operations[] = {
	{ "compute", compute },
	{ "lists", lists },
	{ "matrices", matrices },
	{ "state-machine", state_machine },
	{ "checksums", checksums },
};

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: native OPERATION COUNT\n");
		return 1;
	}
	for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
		if (strcmp(operations[i].name, argv[1]) != 0)
			continue;
		unsigned first = operations[i].act();
		for (long count = strtol(argv[2], NULL, 10); count > 1; count--) {
			if (operations[i].act() != first) {
				fprintf(stderr, "native: the checksum changes\n");
				return 1;
			}
		}
		return 0;
	}
	fprintf(stderr, "native: there is no operation '%s'\n", argv[1]);
	return 1;
}
