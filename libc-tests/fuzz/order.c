/* expect: shared-glibc has C.UTF-8 in a file */
/* qsort, qsort_r, bsearch, lfind, tsearch and strcoll, strxfrm: random elements of many sizes, with many that are equal. */
#define _GNU_SOURCE
#include "fuzz.h"
#include <locale.h>
#include <search.h>
#include <wchar.h>

static size_t size;
static int calls;

/* By the first byte but its low bits, so that many are equal and an unstable sort shows. */
static int compare(const void *a, const void *b)
{
	calls++;
	return (*(const unsigned char *)a >> 2) - (*(const unsigned char *)b >> 2);
}

static int compare_all(const void *a, const void *b, void *context)
{
	return *(int *)context * memcmp(a, b, size);
}

static void sort(void)
{
	unsigned char block[4096], copy[4096], *bytes = block + below(4);
	size = (size_t[]){1, 2, 3, 4, 5, 7, 8, 12, 16, 24, 33, 64}[below(12)];
	size_t count = below(4) ? below(60) : below(4090 / size);
	if (count * size > 4090) count = 4090 / size;
	unsigned shape = below(4);
	for (size_t i = 0; i < count * size; i++)
		bytes[i] = shape == 0 ? below(256) : shape == 1 ? i / size * 255 / (count ? count : 1) : shape == 2 ? 255 - i / size * 255 / (count ? count : 1) : below(4) * 8;
	int context = below(2) ? 1 : -1;
	qsort_r(bytes, count, size, compare_all, &context);
	say("qsort_r %zu %zu ", count, size);
	say_bytes(bytes, count * size);
	/* Equal elements stay in any order; here their first bytes tell how many of each there are. */
	for (size_t i = 0; i < count; i++) bytes[i * size] = below(256);
	memcpy(copy, bytes, count * size);
	calls = 0;
	qsort(bytes, count, size, compare);
	for (size_t i = 0; i < count; i++) say(" %d", bytes[i * size] >> 2);
	for (size_t i = 1; i < count; i++)
		if (compare(bytes + (i - 1) * size, bytes + i * size) > 0) say("unsorted");
	size_t sum = 0, sum_copy = 0;
	for (size_t i = 0; i < count * size; i++) sum += bytes[i] * bytes[i], sum_copy += copy[i] * copy[i];
	if (sum != sum_copy || calls > 40 * (int)(count + 2)) say("lost");
	for (int i = 0; i < 5; i++) {
		unsigned char key[64] = {below(256)};
		unsigned char *found = bsearch(key, bytes, count, size, compare);
		say(" %d", found ? *found >> 2 : -1);
		if (found && (found - bytes) % size != 0) say("between");
		size_t n = count;
		found = lfind(key, bytes, &n, size, compare);
		say(" %d", found ? (int)((found - bytes) / (int)size) - (int)((found - bytes) / (int)size) : -1);
	}
	say("\n");
}

static int compare_numbers(const void *a, const void *b) { return (a > b) - (a < b); }

static void visit(const void *node, VISIT which, int depth)
{
	if (which == postorder || which == leaf) say(" %d", (int)(intptr_t) * (void **)node);
}

static void tree(void)
{
	void *root = NULL;
	for (int i = 0; i < 60; i++) {
		void *key = (void *)(intptr_t)(1 + below(20));
		switch (below(4)) {
		case 0:
		case 1: say("%d ", (int)(intptr_t) *(void **)tsearch(key, &root, compare_numbers)); break;
		case 2: say("%d ", tfind(key, &root, compare_numbers) != NULL); break;
		case 3: say("%d ", tdelete(key, &root, compare_numbers) != NULL); break;
		}
	}
	twalk(root, visit);
	while (root) tdelete(*(void **)root, &root, compare_numbers);
	say("\n");
}

static int sign(int n) { return (n > 0) - (n < 0); }

static void collate(void)
{
	static const char *pieces[] = {"a", "b", "A", "ab", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", " ", "-", "1", "\xef\xbf\xbd"};
	static const char *locales[] = {"C", "C.UTF-8"};
	char texts[2][128], keys[2][1024];
	wchar_t wides[2][64], wide_keys[2][512];
	if (!setlocale(LC_ALL, pick(locales))) say("no locale\n");
	for (int i = 0; i < 2; i++) {
		texts[i][0] = 0;
		for (unsigned count = below(7); count > 0; count--) strcat(texts[i], pick(pieces));
		size_t n = strxfrm(keys[i], texts[i], sizeof keys[i]);
		if (n >= sizeof keys[i] || strxfrm(NULL, texts[i], 0) != n) say("key too long\n");
	}
	say_bytes(texts[0], strlen(texts[0]));
	say_bytes(texts[1], strlen(texts[1]));
	say(" %d %d", sign(strcoll(texts[0], texts[1])), sign(strcmp(keys[0], keys[1])));
	if (!setlocale(LC_ALL, "C.UTF-8")) say("no locale\n");
	for (int i = 0; i < 2; i++) {
		mbstowcs(wides[i], texts[i], 64);
		wcsxfrm(wide_keys[i], wides[i], 512);
	}
	say(" %d %d\n", sign(wcscoll(wides[0], wides[1])), sign(wcscmp(wide_keys[0], wide_keys[1])));
}

static void one_case(void)
{
	switch (below(3)) {
	case 0: sort(); break;
	case 1: tree(); break;
	case 2: collate(); break;
	}
}

int main(int argc, char **argv)
{
	return fuzz(argc, argv, one_case, 900, 50);
}
