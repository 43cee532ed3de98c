/* Where programs find their stack and mappings: at random places, as far apart as on Linux, with room for great
 * reservations between them. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096UL
#define TERABYTE (1UL << 40)

enum { RUNS = 64, STACK_BITS = 22, MAPPING_BITS = 28, RESERVATIONS = 8, HEAP = 64 << 20 };

struct place {
	uintptr_t stack, mapping;
};

static void check(int holds, const char *what)
{
	if (!holds) {
		printf("failed: %s (%s)\n", what, strerror(errno));
		exit(1);
	}
}

/* What each run finds; what it has is used, too. */
static int look(void)
{
	struct place place;
	char *mapping = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mapping == MAP_FAILED)
		return 1;
	*mapping = 1;
	place.stack = (uintptr_t)&place;
	place.mapping = (uintptr_t)mapping;
	for (int i = 0; i < RESERVATIONS; i++) {
		void *reserved = mmap(NULL, 4 * TERABYTE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (reserved == MAP_FAILED)
			return 2;
	}
	/* The stack grows to its limit whatever was mapped. */
	volatile char deep[6 << 20];
	for (size_t i = sizeof deep; i >= PAGE; i -= PAGE)
		deep[i - 1] = 1;
	char *heap = (char *)syscall(SYS_brk, 0);
	if ((char *)syscall(SYS_brk, heap + HEAP) != heap + HEAP)
		return 3;
	heap[0] = heap[HEAP - 1] = 1;
	return write(1, &place, sizeof place) != sizeof place;
}

/* The bits that differ between runs, of those above a page's. */
static int varying(uintptr_t ones, uintptr_t zeros)
{
	return __builtin_popcountl(ones & ~zeros & ~(PAGE - 1));
}

int main(int count, char **arguments)
{
	if (count > 1)
		return look();
	struct place ones = { 0, 0 }, all = { UINTPTR_MAX, UINTPTR_MAX };
	for (int i = 0; i < RUNS; i++) {
		struct place place;
		int fds[2], status;
		check(!pipe(fds), "pipe");
		pid_t child = fork();
		check(child >= 0, "fork");
		if (child == 0) {
			dup2(fds[1], 1);
			execl("/proc/self/exe", arguments[0], "look", NULL);
			_exit(127);
		}
		close(fds[1]);
		check(waitpid(child, &status, 0) == child, "waitpid");
		if (status)
			printf("status %#x\n", (unsigned)status);
		check(read(fds[0], &place, sizeof place) == sizeof place, "a run");
		close(fds[0]);
		ones.stack |= place.stack;
		ones.mapping |= place.mapping;
		all.stack &= place.stack;
		all.mapping &= place.mapping;
	}
	printf("stack: %d\n", varying(ones.stack, all.stack) >= STACK_BITS);
	printf("mappings: %d\n", varying(ones.mapping, all.mapping) >= MAPPING_BITS);
	return 0;
}
