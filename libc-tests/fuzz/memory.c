/* malloc, calloc, realloc, the aligned forms and free in random order and sizes: what was written stays, blocks are apart,
 * aligned, as long as asked and as malloc_usable_size says; calloc's are zero. */
#define _GNU_SOURCE
#include "fuzz.h"
#include <malloc.h>
#include <pthread.h>

/* musl has none. */
__attribute__((weak)) int malloc_trim(size_t);

#define BLOCKS 64

static struct block {
	unsigned char *at;
	size_t size;
	unsigned char mark;
} blocks[BLOCKS];

static size_t some_size(void)
{
	switch (below(8)) {
	case 0: return below(9);
	case 1: return (size_t)1 << below(14);
	case 2: return ((size_t)1 << below(14)) + below(3) - 1;
	case 3: return below(5000);
	case 4: return below(100) ? below(40000) : below(1 << 21);
	}
	return below(300);
}

/* The first and the last bytes, and some between: marks that tell the block and the place. */
static void fill(struct block *b, size_t from)
{
	for (size_t i = from; i < b->size; i += i < 64 || i + 65 > b->size ? 1 : 61) b->at[i] = b->mark + i;
}

static void check(const struct block *b, size_t size, const char *when)
{
	for (size_t i = 0; i < size; i += i < 64 || i + 65 > b->size ? 1 : 61)
		if (b->at[i] != (unsigned char)(b->mark + i)) {
			say("%s: byte %zu of %zu is lost\n", when, i, size);
			return;
		}
}

static void apart(const struct block *b)
{
	for (int i = 0; i < BLOCKS; i++)
		if (&blocks[i] != b && blocks[i].at && blocks[i].at < b->at + b->size && b->at < blocks[i].at + blocks[i].size) say("two blocks overlap\n");
}

static void made(struct block *b, void *at, size_t size, size_t alignment)
{
	static unsigned char marks;
	if (!at) {
		say("no memory for %zu\n", size);
		return;
	}
	b->at = at;
	b->size = size;
	b->mark = marks += 37;
	if ((uintptr_t)at % alignment) say("%zu bytes are not aligned to %zu\n", size, alignment);
	if (malloc_usable_size(at) < size) say("%zu bytes have only %zu\n", size, malloc_usable_size(at));
	apart(b);
	fill(b, 0);
}

static void change(struct block *b)
{
	check(b, b->size, "before");
	if (below(2)) {
		free(b->at);
		b->at = NULL;
		b->size = 0;
		return;
	}
	size_t size = below(3) ? some_size() : b->size + below(100), old = b->size;
	if (size == 0) size = 1;
	/* So much that it can't be: the block stays as it is. */
	if (below(40) == 0) {
		errno = 0;
		void *none = below(2) ? realloc(b->at, PTRDIFF_MAX) : reallocarray(b->at, SIZE_MAX / 2, 3);
		if (none || errno != ENOMEM) say("too much: %d %s\n", none != NULL, error_name(errno));
		check(b, b->size, "after failing");
		return;
	}
	void *at = below(3) ? realloc(b->at, size) : reallocarray(b->at, 1, size);
	if (!at) {
		say("no memory to change\n");
		return;
	}
	b->at = at;
	/* The marks of the last bytes lie elsewhere when the size is another one. */
	size_t kept = size < old ? size : old;
	for (size_t i = 0; i < (kept < 64 ? kept : 64); i++)
		if (b->at[i] != (unsigned char)(b->mark + i)) {
			say("byte %zu is not moved\n", i);
			break;
		}
	for (size_t i = 64; i + 65 <= old && i < kept; i += 61)
		if (b->at[i] != (unsigned char)(b->mark + i)) {
			say("byte %zu is not moved\n", i);
			break;
		}
	b->size = size;
	apart(b);
	fill(b, 0);
	if (malloc_usable_size(at) < size) say("%zu bytes have only %zu after a change\n", size, malloc_usable_size(at));
}

static void make(struct block *b)
{
	size_t size = some_size(), alignment = (size_t)1 << below(14);
	void *at = NULL;
	int error;
	switch (below(8)) {
	default: made(b, malloc(size), size, 16); break;
	case 0: {
		size_t count = below(3) ? 1 + below(20) : 1;
		size /= count;
		unsigned char *zero = calloc(count, size);
		size *= count;
		for (size_t i = 0; zero && i < size; i++)
			if (zero[i]) {
				say("calloc of %zu: byte %zu is %d\n", size, i, zero[i]);
				break;
			}
		made(b, zero, size, 16);
		break;
	}
	case 1:
		if (alignment < sizeof(void *)) alignment = sizeof(void *);
		error = posix_memalign(&at, alignment, size);
		if (error) say("posix_memalign %s\n", error_name(error));
		else made(b, at, size, alignment);
		break;
	case 2: made(b, aligned_alloc(alignment, size), size, alignment); break;
	case 3: made(b, memalign(alignment, size), size, alignment); break;
	case 4:
		errno = 0;
		error = posix_memalign(&at, 24, size);
		say("%s ", error_name(error));
		at = below(2) ? malloc(PTRDIFF_MAX + 1ULL) : calloc(SIZE_MAX / 4, 5);
		say("%d %s\n", at != NULL, error_name(errno));
	}
}

static void step(void)
{
	struct block *b = &pick(blocks);
	if (b->at) change(b);
	else make(b);
}

static void *free_elsewhere(void *unused)
{
	for (int i = 0; i < BLOCKS; i += 2) {
		check(&blocks[i], blocks[i].size, "in another thread");
		free(blocks[i].at);
		blocks[i].at = NULL;
		blocks[i].size = 0;
	}
	return unused;
}

static void one_case(void)
{
	for (unsigned count = below(400); count > 0; count--) step();
	if (below(8) == 0) {
		pthread_t thread;
		if (pthread_create(&thread, NULL, free_elsewhere, NULL) || pthread_join(thread, NULL)) say("no thread\n");
		for (unsigned count = below(100); count > 0; count--) step();
	}
	if (below(8) == 0) {
		size_t pad = below(2) * 4096;
		if (malloc_trim) malloc_trim(pad);
	}
	size_t total = 0;
	for (int i = 0; i < BLOCKS; i++) {
		check(&blocks[i], blocks[i].size, "at the end");
		total += blocks[i].size;
		free(blocks[i].at);
		blocks[i].at = NULL;
		blocks[i].size = 0;
	}
	say("%zu\n", total);
}

int main(int argc, char **argv)
{
	return fuzz(argc, argv, one_case, 450, 30);
}
