/* expect: not-musl its hsearch_r sets no errno for what is not there */
/* Odd widths and comparisons that contradict themselves: qsort, qsort_r, bsearch; lsearch, lfind, insque, remque, hsearch_r. */
#define _GNU_SOURCE
#include "fuzz.h"
#include <search.h>

#define ROOM 20000

static unsigned char before[ROOM], block[ROOM + 32];
static size_t width;
static int kind, outside;
static unsigned char *base;
static size_t many;

static void see(const void *element)
{
	const unsigned char *at = element;
	/* qsort may compare a copy of its own, which lies elsewhere, but never one that begins inside of the array between two. */
	if (at > base && at < base + many * width && (at - base) % width) outside = 1;
}

static int compare(const void *a, const void *b)
{
	see(a);
	see(b);
	int order = memcmp(a, b, width);
	switch (kind) {
	case 0: return order;
	case 1: return order ? -order : 0;
	case 2: return 0;
	case 3: return 1;
	case 4: return -1;
	case 5: return (int)below(3) - 1; /* says something else each time */
	case 6: return *(unsigned char *)a % 3 - *(unsigned char *)b % 3;
	}
	return order > 0 ? 2147483647 : order < 0 ? -2147483647 - 1 : 0;
}

static int compare_r(const void *a, const void *b, void *context)
{
	if (context != &kind) outside = 1;
	return compare(a, b);
}

static uint64_t sum(const unsigned char *bytes, size_t count)
{
	/* Of the elements in any order. */
	uint64_t all = 0;
	for (size_t i = 0; i < count; i++) {
		uint64_t one = 0xcbf29ce484222325ULL;
		for (size_t k = 0; k < width; k++) one = (one ^ bytes[i * width + k]) * 0x100000001b3ULL;
		all += one * one;
	}
	return all;
}

static void sort(void)
{
	static const size_t widths[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 24, 31, 32, 33, 40, 63, 100, 255, 256, 257, 1000, 3000};
	width = pick(widths);
	many = below(5) ? below(70) : below(3000);
	if (many * width > ROOM) many = ROOM / width;
	unsigned shift = below(8);
	memset(block, 0xa5, sizeof block);
	base = block + 8 + below(8);
	for (size_t i = 0; i < many * width; i++) base[i] = below(256) >> shift;
	kind = below(8);
	uint64_t was = sum(base, many);
	outside = 0;
	unsigned choices = fuzz_state; /* a random comparison must not change what the rest of the case does */
	uint64_t state = fuzz_state;
	if (choices & 1) qsort(base, many, width, compare);
	else qsort_r(base, many, width, compare_r, &kind);
	fuzz_state = state;
	for (size_t i = 0; i < sizeof block; i++)
		if ((block + i < base || block + i >= base + many * width) && block[i] != 0xa5) outside = 1;
	say("sort %zu of %zu, %d: %d %d", many, width, kind, sum(base, many) == was, outside);
	/* Elements that compare equal are alike but for the kind 6; what contradicts itself has no order. */
	if (kind < 2 || kind == 7) say_bytes(base, many * width < 2000 ? many * width : 2000);
	say("\n");
	if (kind != 0 || many == 0) return;
	for (int i = 0; i < 6; i++) {
		unsigned char *key = before;
		memcpy(key, base + below(many) * width, width);
		if (below(2)) key[below(width)] ^= 1 << below(8);
		unsigned char *found = bsearch(key, base, many, width, compare);
		say("%d ", found != NULL);
		if (found && ((found - base) % width || memcmp(found, key, width))) say("wrong ");
	}
	/* Comparisons that lie find something in the array or nothing. */
	kind = 3 + below(3);
	state = fuzz_state;
	unsigned char *found = bsearch(before, base, many, width, compare);
	fuzz_state = state;
	if (found && (found < base || found >= base + many * width || (found - base) % width)) say("outside");
	say("\n");
}

static void lines(void)
{
	static const size_t widths[] = {1, 2, 3, 5, 8, 13, 40};
	width = pick(widths);
	many = 0;
	kind = 0;
	memset(block, 0xa5, sizeof block);
	base = block + 3;
	say("lsearch %zu:", width);
	for (unsigned count = below(60); count > 0; count--) {
		unsigned char key[40] = {0};
		key[below(width)] = below(4);
		size_t number = many;
		unsigned char *found = below(3) ? lsearch(key, base, &many, width, compare) : lfind(key, base, &number, width, compare);
		say(" %d/%zu", found ? (int)((found - base) / width) : -1, many);
		if (found && memcmp(found, key, width)) say("wrong");
	}
	say("\n");
	say_bytes(base, many * width + 2);
}

struct node {
	struct node *next, *previous;
	int number;
};

static void queues(void)
{
	struct node nodes[12];
	int in[12] = {1};
	memset(nodes, 0, sizeof nodes);
	int circular = below(2);
	for (int i = 0; i < 12; i++) nodes[i].number = i;
	if (circular) nodes[0].next = nodes[0].previous = nodes;
	else insque(nodes, NULL);
	for (unsigned count = below(40); count > 0; count--) {
		int at = 1 + below(11), after = below(12);
		if (in[at]) {
			remque(&nodes[at]);
			in[at] = 0;
		} else if (in[after]) {
			insque(&nodes[at], &nodes[after]);
			in[at] = 1;
		}
	}
	say("queue:");
	struct node *n = nodes;
	for (int i = 0; n && i < 14; i++, n = n->next) say(" %d<%d", n->number, n->previous ? n->previous->number : -1);
	say("\n");
}

static void hashes(void)
{
	static char keys[200][16];
	struct hsearch_data table;
	ENTRY entry, *found;
	memset(&table, 0, sizeof table);
	size_t most = 1 + below(60);
	if (!hcreate_r(most, &table)) {
		say("no table\n");
		return;
	}
	unsigned in = 0, used = 0;
	say("hash %zu:", most);
	for (unsigned count = below(200); count > 0; count--) {
		char *key = keys[used++];
		sprintf(key, "key %u", below(80));
		entry.key = key;
		entry.data = (void *)(uintptr_t)used;
		errno = 0;
		/* How many more than asked for fit is the library's. */
		ACTION action = in < most && below(2) ? ENTER : FIND;
		int ok = hsearch_r(entry, action, &found, &table);
		say(" %s%d", action == ENTER ? "enter" : "find", ok);
		if (!ok) {
			say("%s", error_name(errno));
			continue;
		}
		if (strcmp(found->key, key)) say("wrong");
		say(":%u", (unsigned)(uintptr_t)found->data);
		if (found->data == entry.data) in++;
	}
	hdestroy_r(&table);
	say("\n");
}

static void one_case(void)
{
	switch (below(6)) {
	default: sort(); break;
	case 3: lines(); break;
	case 4: queues(); break;
	case 5: hashes(); break;
	}
}

int main(int argc, char **argv)
{
	return fuzz(argc, argv, one_case, 600, 30);
}
