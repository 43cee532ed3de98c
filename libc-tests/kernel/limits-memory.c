/* Limits of memory in a program that runs already: how far the stack grows, what a mapping in place of another counts,
 * and what may be locked (getrlimit(2), mlock(2), mremap(2)). */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KIB = 1024, MIB = 1024 * KIB };

static void limit(int resource, rlim_t soft)
{
	struct rlimit both;
	getrlimit(resource, &both);
	both.rlim_cur = soft;
	if (setrlimit(resource, &both) != 0)
		perror("setrlimit");
}

static const char *word(long result)
{
	return result != -1 ? "granted" : errno == ENOMEM ? "ENOMEM" : errno == EAGAIN ? "EAGAIN" : strerror(errno);
}

static int deep(int kib)
{
	volatile char page[4096];
	page[0] = kib;
	return kib <= 4 ? page[0] : deep(kib - 4) + page[0];
}

static int stack_raised(void)
{
	limit(RLIMIT_STACK, 48 * MIB);
	return deep(20 * KIB) & 0;
}

static int stack_lowered(void)
{
	limit(RLIMIT_STACK, 256 * KIB);
	return deep(KIB) & 0;
}

static long mapped(void)
{
	long pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");
	if (!file || fscanf(file, "%ld", &pages) != 1)
		perror("statm");
	fclose(file);
	return pages * 4096;
}

static int stack_in_space(void)
{
	limit(RLIMIT_AS, mapped() + 512 * KIB);
	return deep(4 * KIB) & 0;
}

static void become_user(void)
{
	if (!getuid() && setuid(54327) != 0)
		perror("setuid");
}

static int stack_locked(void)
{
	if (mlockall(MCL_CURRENT) != 0)
		perror("mlockall");
	/* The superuser may lock what he likes. */
	become_user();
	limit(RLIMIT_MEMLOCK, 4 * KIB);
	return deep(4 * KIB) & 0;
}

static void *map(void *place, size_t length, int protection, int flags)
{
	return mmap(place, length, protection, flags | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* What goes for it makes room for a mapping. */
static int in_place(void)
{
	const char *words[5];
	enum { LENGTH = 64 * MIB, BOTH = PROT_READ | PROT_WRITE };
	char *old = map(NULL, LENGTH, BOTH, 0), *moved = map(NULL, LENGTH, BOTH, 0);
	limit(RLIMIT_AS, mapped() + 8 * MIB);
	words[0] = word((long)map(NULL, LENGTH, PROT_READ, 0));
	words[1] = word((long)map(old, LENGTH, BOTH, MAP_FIXED));
	words[2] = word((long)mremap(moved, LENGTH, LENGTH + 4096, MREMAP_MAYMOVE | MREMAP_FIXED, old));
	limit(RLIMIT_AS, RLIM_INFINITY);
	limit(RLIMIT_DATA, LENGTH + 24 * MIB);
	words[3] = word((long)map(NULL, LENGTH, BOTH, 0));
	words[4] = word((long)map(old, LENGTH, BOTH, MAP_FIXED));
	limit(RLIMIT_DATA, RLIM_INFINITY);
	printf("one more: %s, in place: %s, moved there: %s; data: %s, in place: %s\n", words[0], words[1], words[2], words[3], words[4]);
	return 0;
}

static int locked(void)
{
	const char *words[5];
	become_user();
	limit(RLIMIT_MEMLOCK, 16 * KIB);
	char *first = map(NULL, 16 * KIB, PROT_READ | PROT_WRITE, 0);
	words[0] = word(mlock(first, 16 * KIB));
	words[1] = word((long)mremap(first, 16 * KIB, 64 * KIB, MREMAP_MAYMOVE));
	munlockall();
	words[2] = word(mlockall(MCL_FUTURE));
	words[3] = word((long)map(NULL, 64 * KIB, PROT_READ | PROT_WRITE, 0));
	long end = syscall(SYS_brk, 0);
	words[4] = syscall(SYS_brk, end + 64 * KIB) == end ? "refused" : "granted";
	munlockall();
	printf("lock: %s, mremap: %s, future: %s, mmap: %s, brk: %s\n", words[0], words[1], words[2], words[3], words[4]);
	return 0;
}

static void child(const char *name, int (*work)(void))
{
	int status;
	printf("%s\n", name);
	fflush(stdout);
	pid_t pid = fork();
	if (!pid) {
		status = work();
		fflush(stdout);
		_exit(status);
	}
	waitpid(pid, &status, 0);
	if (WIFSIGNALED(status))
		printf("ended by %s\n", WTERMSIG(status) == SIGSEGV ? "SIGSEGV" : "another signal");
	else if (status)
		printf("status %x\n", status);
}

int main(void)
{
	child("the stack may be larger", stack_raised);
	child("the stack must be smaller", stack_lowered);
	child("the stack counts as memory", stack_in_space);
	child("the stack is locked", stack_locked);
	child("mappings in place of others", in_place);
	child("locked memory", locked);
	return 0;
}
