/* Mappings of files that shrink, get holes and are sealed; moved mappings that leave an empty one behind. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096 };

static void check(int holds, const char *what)
{
	if (!holds) {
		printf("failed: %s (%s)\n", what, strerror(errno));
		exit(1);
	}
}

static sigjmp_buf back;
static volatile void *where;

static void on_bus(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)context;
	where = info->si_addr;
	siglongjmp(back, info->si_code == BUS_ADRERR ? 1 : 2);
}

/* Whether touching a byte ends in SIGBUS for what is not there. */
static int is_gone(volatile char *byte)
{
	int how = sigsetjmp(back, 1);
	if (!how) {
		(void)*byte;
		return 0;
	}
	return how == 1 && where == byte;
}

static void shrink(void)
{
	int file = open("shrink", O_CREAT | O_RDWR | O_TRUNC, 0600);
	check(file >= 0 && !ftruncate(file, 4 * PAGE), "a file");
	char *shared = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	char *private = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
	check(shared != MAP_FAILED && private != MAP_FAILED, "mmap");
	memset(shared, 'x', 4 * PAGE);
	private[3 * PAGE] = 'y';
	pid_t child = fork();
	if (!child) {
		while (shared[0] == 'x')
			usleep(1000);
		_exit(is_gone(shared + 2 * PAGE) ? 0 : 1);
	}
	check(!ftruncate(file, PAGE + 100), "ftruncate");
	check(!is_gone(shared) && !is_gone(shared + PAGE + 4000), "the last page stays");
	check(shared[PAGE + 99] == 'x' && shared[PAGE + 100] == 0, "its end is zeros");
	check(is_gone(shared + 2 * PAGE) && is_gone(shared + 4 * PAGE - 1), "shared pages behind the end");
	check(is_gone(private + 3 * PAGE), "a private copy behind the end");
	shared[0] = 'z';
	int status;
	check(waitpid(child, &status, 0) == child && status == 0, "in the other process");
	check(!ftruncate(file, 4 * PAGE) && !is_gone(shared + 3 * PAGE) && shared[3 * PAGE] == 0, "grown again");
	check(private[3 * PAGE] == 0, "the private copy is not back");
	munmap(shared, 4 * PAGE);
	munmap(private, 4 * PAGE);
	close(file);
	unlink("shrink");
	puts("what a file loses is gone");
}

static void punch(void)
{
	int file = memfd_create("punch", 0);
	check(file >= 0 && !ftruncate(file, 4 * PAGE), "memfd_create");
	char *shared = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	char *private = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
	memset(shared, 'x', 4 * PAGE);
	check(private[PAGE] == 'x', "seen before it is copied");
	private[2 * PAGE] = 'y';
	check(!fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, PAGE, 2 * PAGE), "fallocate");
	check(shared[PAGE] == 0 && shared[2 * PAGE] == 0 && shared[3 * PAGE] == 'x', "a hole in the mapping");
	check(private[PAGE] == 0 && private[2 * PAGE] == 'y', "private copies stay");
	shared[PAGE] = 'n';
	char byte;
	check(pread(file, &byte, 1, PAGE) == 1 && byte == 'n', "the mapping and the file are one");
	munmap(shared, 4 * PAGE);
	munmap(private, 4 * PAGE);
	close(file);
	puts("holes show");
}

static void seal(void)
{
	int file = memfd_create("seal", MFD_ALLOW_SEALING);
	check(file >= 0 && !ftruncate(file, PAGE), "memfd_create");
	char *map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	check(fcntl(file, F_ADD_SEALS, F_SEAL_WRITE) == -1 && errno == EBUSY, "a writable mapping");
	check(fcntl(file, F_GET_SEALS) == 0, "no seal was added");
	munmap(map, PAGE);
	map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
	check(!fcntl(file, F_ADD_SEALS, F_SEAL_WRITE), "a private mapping is no writer");
	check(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) == MAP_FAILED && errno == EPERM, "sealed");
	munmap(map, PAGE);
	close(file);
	puts("seals know of mappings");
}

enum { MAYMOVE = 1, DONTUNMAP = 4 };

static char *remap(char *old, size_t length, size_t new_length, int flags, uintptr_t hint)
{
	return (char *)syscall(SYS_mremap, old, length, new_length, flags, hint);
}

static void empty(void)
{
	char *old = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(old, 'x', 2 * PAGE);
	char *new = remap(old, 2 * PAGE, 2 * PAGE, MAYMOVE | DONTUNMAP, 0);
	check(new != MAP_FAILED && new != old, "mremap");
	check(new[0] == 'x' && new[PAGE] == 'x' && old[0] == 0 && old[PAGE] == 0, "moved out");
	check(remap(old, PAGE, 2 * PAGE, MAYMOVE | DONTUNMAP, 0) == MAP_FAILED && errno == EINVAL, "another length");
	check(remap(old, PAGE, PAGE, DONTUNMAP, 0) == MAP_FAILED && errno == EINVAL, "it has to move");
	check(remap(old, PAGE, PAGE, MAYMOVE | DONTUNMAP, 1) == MAP_FAILED && errno == EINVAL, "a crooked hint");
	puts("an empty mapping is left");
}

static volatile int *steps;
static int cut, delay;

static void *cutter(void *unused)
{
	while (!steps[0])
		;
	for (volatile int i = 0; i < delay; i++)
		;
	check(!ftruncate(cut, 0), "ftruncate");
	steps[1] = 1;
	return unused;
}

/* A process that is being made meanwhile loses them as well. */
static void shrink_in_fork(void)
{
	enum { MUCH = 4 << 20, ROUNDS = 20 };
	steps = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	/* Copying this takes its time. */
	char *much = mmap(NULL, MUCH, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(much, 1, MUCH);
	for (int round = 0; round < ROUNDS; round++) {
		cut = memfd_create("cut", 0);
		check(!ftruncate(cut, PAGE), "ftruncate");
		char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, cut, 0);
		page[0] = 'x';
		steps[0] = steps[1] = 0;
		delay = round * 500;
		pthread_t thread;
		check(!pthread_create(&thread, NULL, cutter, NULL), "pthread_create");
		steps[0] = 1;
		pid_t child = fork();
		if (!child) {
			while (!steps[1])
				;
			_exit(is_gone(page) ? 0 : 1);
		}
		int status;
		check(waitpid(child, &status, 0) == child && status == 0, "in a process made meanwhile");
		pthread_join(thread, NULL);
		munmap(page, PAGE);
		close(cut);
	}
	munmap(much, MUCH);
	puts("in a process that is being made, too");
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = on_bus, .sa_flags = SA_SIGINFO };
	sigaction(SIGBUS, &action, NULL);
	shrink();
	shrink_in_fork();
	punch();
	seal();
	empty();
	return 0;
}
