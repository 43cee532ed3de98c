/* What madvise(2), mremap(2) and mprotect(2) do to memory, beyond what they answer. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

#define PAGE 4096

static char *area(int pages)
{
	char *at = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (int i = 0; i < pages; i++)
		at[i * PAGE] = 'a' + i;
	return at;
}

static const char *word(long result)
{
	return result != -1 ? "granted" : errno == EINVAL ? "EINVAL" : errno == ENOMEM ? "ENOMEM" : errno == EFAULT ? "EFAULT" :
	       errno == EACCES ? "EACCES" : "other";
}

/* Which of the pages a child finds: their first bytes, 0 for zeros, x for none. */
static void in_child(const char *what, const char *at, int pages)
{
	printf("%s: ", what);
	fflush(stdout);
	for (int i = 0; i < pages; i++) {
		pid_t child = fork();
		if (child == 0) {
			char byte = at[i * PAGE];
			putchar(byte ? byte : '0');
			fflush(stdout);
			_exit(0);
		}
		int status;
		waitpid(child, &status, 0);
		if (WIFSIGNALED(status))
			putchar('x');
		fflush(stdout);
	}
	putchar('\n');
}

static int resident(char *at, int pages)
{
	unsigned char in[64];
	int count = 0;
	if (mincore(at, pages * PAGE, in) != 0)
		return -1;
	for (int i = 0; i < pages; i++)
		count += in[i] & 1;
	return count;
}

static void over_fork(void)
{
	char *at = area(6);
	madvise(at + PAGE, PAGE, MADV_DONTFORK);
	madvise(at + 2 * PAGE, 2 * PAGE, MADV_WIPEONFORK);
	in_child("fork", at, 6);
	madvise(at, 6 * PAGE, MADV_DOFORK);
	in_child("MADV_DOFORK", at, 6);
	madvise(at + 2 * PAGE, PAGE, MADV_KEEPONFORK);
	in_child("MADV_KEEPONFORK", at, 6);
	printf("here: %c%c%c%c\n", at[0], at[PAGE], at[2 * PAGE], at[3 * PAGE]);
	char *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	*shared = 's';
	printf("wipe shared memory: %s\n", word(madvise(shared, PAGE, MADV_WIPEONFORK)));
	printf("leave it: %s\n", word(madvise(shared, PAGE, MADV_DONTFORK)));
	in_child("shared", shared, 1);
}

static void dropping(void)
{
	char *at = area(5);
	munmap(at + 2 * PAGE, PAGE);
	printf("over a hole: %s", word(madvise(at, 5 * PAGE, MADV_DONTNEED)));
	printf(", %d %d\n", at[PAGE], at[4 * PAGE]);
	int file = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (write(file, "contents", 8) != 8)
		perror("write");
	char *mapping = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
	*mapping = 'X';
	printf("of a file: free %s", word(madvise(mapping, PAGE, MADV_FREE)));
	printf(", drop %s, %.8s\n", word(madvise(mapping, PAGE, MADV_DONTNEED)), mapping);
	char *locked = area(2);
	if (mlock(locked, PAGE) != 0)
		perror("mlock");
	printf("locked: %s", word(madvise(locked, 2 * PAGE, MADV_DONTNEED)));
	printf(", %c\n", *locked);
	close(file);
}

/* What is behind a shared mapping goes, for all who have it. */
static void removing(void)
{
	char *shared = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char *second = mremap(shared, 0, 4 * PAGE, MREMAP_MAYMOVE);
	for (int i = 0; i < 4; i++)
		shared[i * PAGE] = second[i * PAGE + 1] = 'a' + i;
	printf("remove shared memory: %s", word(madvise(shared + PAGE, 2 * PAGE, MADV_REMOVE)));
	printf(", %c%c %d %d %d %d\n", second[0], second[3 * PAGE], shared[PAGE], second[PAGE + 1], shared[2 * PAGE + 1], second[2 * PAGE]);
	second[PAGE] = 'n';
	printf("used again: %c\n", shared[PAGE]);
	int file = memfd_create("removed", 0);
	if (ftruncate(file, 2 * PAGE) != 0 || pwrite(file, "contents", 8, PAGE) != 8)
		perror("memfd_create");
	char *mapping = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	char *private = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0), byte = 'x';
	printf("a private mapping: %s, %c\n", word(madvise(private, 2 * PAGE, MADV_REMOVE)), mapping[PAGE]);
	printf("a shared one: %s", word(madvise(mapping, 2 * PAGE, MADV_REMOVE)));
	if (pread(file, &byte, 1, PAGE) != 1)
		perror("pread");
	printf(", %d %d %d\n", mapping[PAGE], private[PAGE], byte);
	close(file);
	char *own = area(2);
	printf("memory without a file: %s, %c\n", word(madvise(own, PAGE, MADV_REMOVE)), *own);
	munmap(shared + PAGE, PAGE);
	printf("over a hole: %s", word(madvise(shared, 4 * PAGE, MADV_REMOVE)));
	printf(", %d %c %d\n", second[0], second[PAGE], second[3 * PAGE]);
	if (mlock(second, PAGE) != 0)
		perror("mlock");
	printf("locked: %s\n", word(madvise(second, PAGE, MADV_REMOVE)));
}

static void populating(void)
{
	char *at = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (madvise(at, PAGE, MADV_POPULATE_READ) != 0 && errno == EINVAL) {
		/* A kernel without: as it would be with them. */
		printf("read: granted, write: granted, 6 in memory\nhole: ENOMEM, none: EINVAL, read-only: EINVAL, behind a file: EFAULT\n");
		return;
	}
	printf("read: %s", word(madvise(at, 3 * PAGE, MADV_POPULATE_READ)));
	printf(", write: %s", word(madvise(at + 2 * PAGE, 4 * PAGE, MADV_POPULATE_WRITE)));
	printf(", %d in memory\n", resident(at, 8));
	munmap(at + 6 * PAGE, PAGE);
	printf("hole: %s", word(madvise(at, 8 * PAGE, MADV_POPULATE_READ)));
	mprotect(at, PAGE, PROT_NONE);
	mprotect(at + PAGE, PAGE, PROT_READ);
	printf(", none: %s", word(madvise(at, PAGE, MADV_POPULATE_READ)));
	printf(", read-only: %s", word(madvise(at + PAGE, PAGE, MADV_POPULATE_WRITE)));
	int file = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (write(file, "contents", 8) != 8)
		perror("write");
	char *mapping = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	printf(", behind a file: %s\n", word(madvise(mapping, 3 * PAGE, MADV_POPULATE_READ)));
	close(file);
}

static void remapping(void)
{
	char *shared = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char *second = mremap(shared + PAGE, 0, 2 * PAGE, MREMAP_MAYMOVE);
	printf("second mapping: %s", word((long)second));
	second[0] = 'x';
	shared[2 * PAGE] = 'y';
	printf(", %c %c\n", shared[PAGE], second[PAGE]);
	printf("in place: %s", word((long)mremap(shared, 0, PAGE, 0)));
	char *place = area(2);
	printf(", at an address: %d", mremap(shared, 0, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, place) == place);
	place[1] = 'z';
	printf(" %c %c\n", shared[1], place[PAGE]);
	/* Shortening takes away whatever there is behind the new end. */
	char *at = area(4);
	munmap(at + 2 * PAGE, PAGE);
	printf("over a hole: %d", mremap(at, 4 * PAGE, PAGE, 0) == at);
	printf(" %c, behind: %s\n", *at, word(resident(at + 3 * PAGE, 1)));
}

static void growing(void)
{
	char *down = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0);
	char *plain = area(2);
	printf("down: %s", word(mprotect(down + 3 * PAGE, PAGE, PROT_READ | PROT_GROWSDOWN)));
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		*down = 1;
		_exit(0);
	}
	int status;
	waitpid(child, &status, 0);
	printf(", its first page: %s", WIFSIGNALED(status) ? "read-only" : "writable");
	printf(", not growing: %s", word(mprotect(plain, PAGE, PROT_READ | PROT_GROWSDOWN)));
	printf(", up: %s", word(mprotect(plain, PAGE, PROT_READ | PROT_GROWSUP)));
	printf(", both: %s\n", word(mprotect(down, PAGE, PROT_READ | PROT_GROWSUP | PROT_GROWSDOWN)));
}

int main(void)
{
	over_fork();
	dropping();
	removing();
	populating();
	remapping();
	growing();
	return 0;
}
