/* mmap and its kin: anonymous and file memory, protection, holes, growth. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile int signal_number;

static void on_fault(int number)
{
	signal_number = number;
	siglongjmp(back, 1);
}

static int faults(volatile char *at, int write)
{
	signal_number = 0;
	if (sigsetjmp(back, 1) == 0) {
		if (write)
			*at = 1;
		else
			(void)*at;
	}
	return signal_number;
}

static const char *name(int number)
{
	return number == 0 ? "fine" : number == SIGSEGV ? "SIGSEGV" : number == SIGBUS ? "SIGBUS" : "other";
}

int main(void)
{
	signal(SIGSEGV, on_fault);
	signal(SIGBUS, on_fault);
	const size_t page = 4096;
	char *a = mmap(NULL, 8 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int zeros = 1;
	for (size_t i = 0; i < 8 * page; i++)
		zeros &= a[i] == 0;
	printf("zeros %d\n", zeros);
	memset(a, 'x', 8 * page);
	mprotect(a + 2 * page, page, PROT_READ);
	printf("read-only: read %s write %s\n", name(faults(a + 2 * page, 0)), name(faults(a + 2 * page, 1)));
	mprotect(a + 3 * page, page, PROT_NONE);
	printf("none: read %s\n", name(faults(a + 3 * page, 0)));
	mprotect(a + 3 * page, page, PROT_READ | PROT_WRITE);
	printf("back: %c, write %s\n", a[3 * page], name(faults(a + 3 * page, 1)));
	munmap(a + 5 * page, page);
	printf("hole: %s, neighbours %s %s\n", name(faults(a + 5 * page, 0)), name(faults(a + 4 * page, 1)),
	       name(faults(a + 6 * page, 1)));
	char *b = mmap(a + 5 * page, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	printf("fixed: same place %d, value %d\n", b == a + 5 * page, *b);
	madvise(a, page, MADV_DONTNEED);
	printf("dontneed: %d\n", a[0]);

	char *c = mmap(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(c + 2 * page, page);
	printf("mprotect over a hole: %d", mprotect(c, 4 * page, PROT_READ) == -1 && errno == ENOMEM);
	printf(", before it %s, behind it %s\n", name(faults(c + page, 1)), name(faults(c + 3 * page, 1)));

	/* A big reservation costs nothing. */
	char *big = mmap(NULL, 1UL << 36, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	printf("64 GiB reserved: %d\n", big != MAP_FAILED);
	mprotect(big + (1UL << 35), 16 * page, PROT_READ | PROT_WRITE);
	big[(1UL << 35) + 5] = 'y';
	printf("inside: %c, beyond: %s\n", big[(1UL << 35) + 5], name(faults(big + (1UL << 35) + 16 * page, 1)));
	munmap(big, 1UL << 36);

	/* Files: private and shared. */
	char path[] = "/tmp/mmap-XXXXXX";
	int fd = mkstemp(path);
	char text[5000];
	memset(text, 'f', sizeof text);
	if (write(fd, text, sizeof text) != sizeof text)
		perror("write");
	char *private = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	char *shared = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	private[10] = 'P';
	shared[20] = 'S';
	char out[32];
	if (pread(fd, out, 21, 0) != 21)
		perror("pread");
	printf("file has %c and %c\n", out[10], out[20]);
	printf("private has %c and, after its copy, %c\n", private[10], private[20]);
	printf("tail of the last page is zero: %d\n", private[5000] == 0 && private[8191] == 0);
	printf("beyond the end: %s\n", name(faults(private + 2 * page, 0)));
	if (pwrite(fd, "W", 1, 4097) != 1)
		perror("pwrite");
	printf("write seen in the mapping: %c\n", shared[4097]);
	int ro = open(path, O_RDONLY);
	char *refused = mmap(NULL, page, PROT_WRITE, MAP_SHARED, ro, 0);
	printf("shared writable of a read-only file: %d %d\n", refused == MAP_FAILED, errno == EACCES);
	close(ro);
	unlink(path);
	close(fd);
	printf("mapping outlives the file: %c\n", shared[20]);

	/* mremap. */
	char *m = mmap(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(m, 'm', 4 * page);
	char *n = mremap(m, 4 * page, 64 * page, MREMAP_MAYMOVE);
	printf("grown: %c %d\n", n[4 * page - 1], n[4 * page]);
	n = mremap(n, 64 * page, page, 0);
	printf("shrunk: %c, beyond %s\n", n[0], name(faults(n + page, 0)));

	/* Errors. */
	printf("length 0: %d\n", mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED && errno == EINVAL);
	printf("bad fd: %d\n", mmap(NULL, page, PROT_READ, MAP_PRIVATE, 99, 0) == MAP_FAILED && errno == EBADF);
	printf("odd offset: %d\n", mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 5) == MAP_FAILED && errno == EINVAL);
	printf("too long: %d\n", mmap(NULL, 1UL << 48, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED && errno == ENOMEM);
	printf("odd munmap: %d\n", munmap(a + 1, page) == -1 && errno == EINVAL);
	printf("mprotect of a hole: %d\n", mprotect((void *)0x10000000, page, PROT_READ) == -1 && errno == ENOMEM);
	printf("noreplace: %d\n", mmap(a, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED && errno == EEXIST);

	/* The heap, moved by the call itself: the library may not let it move. */
	char *end = (char *)syscall(SYS_brk, 0);
	char *moved = (char *)syscall(SYS_brk, end + 3 * page);
	printf("brk: %d\n", moved == end + 3 * page);
	end[0] = end[3 * page - 1] = 'h';
	printf("heap: %c\n", end[3 * page - 1]);
	printf("brk back: %d\n", (char *)syscall(SYS_brk, end) == end);

	/* The stack grows. */
	char deep[1 << 20];
	memset(deep, 's', sizeof deep);
	printf("a megabyte of stack: %c\n", deep[12345]);
	return 0;
}
