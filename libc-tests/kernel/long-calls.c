/* Calls that have much to do: others run meanwhile, and they end when the caller is killed or, where the manual says so,
 * when a signal comes (getrandom(2), random(4), process_vm_readv(2)). Each has 2 GiB or more to fill, 16 MiB of memory
 * many times over, with a page at the end that shows whether it came so far. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MIB = 1 << 20, PART = 16 * MIB, PARTS = 127, PAGE = 4096, PAGES = 5000 };

static unsigned char *memory, *end;
static volatile unsigned char *started;

/* All parts are one piece of memory; the last page is another. */
static void prepare(void)
{
	int shared = memfd_create("part", 0);
	if (ftruncate(shared, PART) != 0)
		perror("ftruncate");
	memory = mmap(NULL, (size_t)PART * PARTS + PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	for (size_t i = 0; i < PARTS; i++)
		if (mmap(memory + i * PART, PART, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, shared, 0) == MAP_FAILED)
			perror("mmap");
	end = memory + (size_t)PART * PARTS;
	mmap(end, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	started = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	close(shared);
}

static void from_getrandom(void)
{
	getrandom(memory, end + PAGE - memory, 0);
}

static void from_device(void)
{
	read(open("/dev/urandom", O_RDONLY), memory, end + PAGE - memory);
}

static void from_process(void)
{
	enum { VECTORS = 1024 };
	struct iovec local[VECTORS], remote[VECTORS];
	for (int i = 0; i < VECTORS; i++)
		local[i] = remote[i] = (struct iovec){ memory, PART };
	unsigned char *other = memory + PART;
	memset(other, 7, PAGE);
	local[VECTORS - 1] = (struct iovec){ end, PAGE };
	remote[VECTORS - 1] = (struct iovec){ other, PAGE };
	process_vm_readv(getpid(), local, VECTORS, remote, VECTORS, 0);
}

static int file;

/* A file of holes, with something in its last page. */
static void make_file(void)
{
	file = memfd_create("long", 0);
	unsigned char page[PAGE];
	memset(page, 7, PAGE);
	if (pwrite(file, page, PAGE, end - memory) != PAGE)
		perror("pwrite");
}

static void killed(const char *name, void (*call)(void))
{
	struct timespec pause = { 0, 10000000 };
	int status;
	memset(end, 0, PAGE);
	*started = 0;
	pid_t child = fork();
	if (child == 0) {
		*started = 1;
		call();
		_exit(0);
	}
	do
		nanosleep(&pause, NULL);
	while (!*started);
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	int reached = 0;
	for (int i = 0; i < PAGE; i++)
		reached |= end[i];
	printf("%s: %s\n", name, reached ? "went on to its end" : "was cut short");
}

/* Who reads a file of gigabytes leaves its processor to others now and then. */
static void others_run(void)
{
	struct timespec pause = { 0, 10000000 };
	cpu_set_t one;
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof one, &one);
	*started = 0;
	pid_t child = fork();
	if (child == 0) {
		*started = 1;
		read(file, memory, end + PAGE - memory);
		*started = 2;
		_exit(0);
	}
	do
		nanosleep(&pause, NULL);
	while (*started == 0);
	printf("others run while a file is read: %d\n", *started == 1);
	waitpid(child, NULL, 0);
}

/* Nobody sees an offset within a long read (POSIX.1-2024, 2.9.7). */
static void offset_of_a_read(void)
{
	enum { LENGTH = 8 * PART };
	lseek(file, 0, SEEK_SET);
	pid_t child = fork();
	if (child == 0)
		_exit(read(file, memory, LENGTH) != LENGTH);
	struct timespec pause = { 0, 100000 };
	off_t seen;
	while ((seen = lseek(file, 0, SEEK_CUR)) == 0)
		nanosleep(&pause, NULL);
	int status;
	waitpid(child, &status, 0);
	printf("a long read moves the offset at once: %d, %d\n", seen == LENGTH, status);
}

/* What is sealed does not change any more: not by a write that has begun either (F_ADD_SEALS in fcntl(2)). */
static void sealed_during_a_write(void)
{
	int sealed = memfd_create("sealed", MFD_ALLOW_SEALING);
	struct timespec pause = { 0, 1000000 };
	struct stat then, later;
	*started = 0;
	pid_t child = fork();
	if (child == 0) {
		*started = 1;
		write(sealed, memory, 4 * PART);
		_exit(0);
	}
	do
		nanosleep(&pause, NULL);
	while (!*started);
	int result = fcntl(sealed, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW);
	fstat(sealed, &then);
	waitpid(child, NULL, 0);
	fstat(sealed, &later);
	printf("sealed during a write: %d, it grew afterwards: %d\n", result, then.st_size != later.st_size);
	close(sealed);
}

static void on_alarm(int number)
{
	(void)number;
}

static void cut_by_signal(void)
{
	struct sigaction act = { .sa_handler = on_alarm };
	struct itimerval again = { { 0, 10000 }, { 0, 10000 } }, off = { { 0, 0 }, { 0, 0 } };
	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &again, NULL);
	ssize_t got = getrandom(memory, end - memory, 0);
	ssize_t put = write(open("/dev/urandom", O_WRONLY), memory, end - memory);
	setitimer(ITIMER_REAL, &off, NULL);
	printf("write to the device and a signal: %s\n", put > 0 && put < end - memory ? "part of it" : strerror(errno));
	printf("getrandom and a signal: %s\n", got > 0 && got < end - memory ? "part of it" : strerror(errno));
}

/* Answers for more pages than anybody looks at in one go. */
static void core(void)
{
	static unsigned char vector[PAGES + 1];
	size_t length = (size_t)PAGES * PAGE;
	unsigned char *pages = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	madvise(pages, length, MADV_NOHUGEPAGE);
	pages[0] = pages[(size_t)1500 * PAGE] = pages[(size_t)4999 * PAGE] = 1;
	vector[PAGES] = 99;
	printf("mincore: %d, pages", mincore(pages, length, vector));
	for (int i = 0; i <= PAGES; i++)
		if (vector[i])
			printf(" %d", i);
	puts("");
	munmap(pages + length - PAGE, PAGE);
	int result = mincore(pages, length, vector);
	printf("with a hole: %d\n", result == -1 && errno == ENOMEM);
	size_t large = (size_t)1 << 40;
	void *reserved = mmap(NULL, large, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	result = mincore(reserved, large, (void *)8);
	printf("of a large range, nowhere to write: %d\n", result == -1 && errno == EFAULT);
}

int main(void)
{
	prepare();
	core();
	fflush(stdout);
	killed("getrandom", from_getrandom);
	fflush(stdout);
	killed("/dev/urandom", from_device);
	fflush(stdout);
	killed("process_vm_readv", from_process);
	fflush(stdout);
	make_file();
	others_run();
	fflush(stdout);
	offset_of_a_read();
	fflush(stdout);
	sealed_during_a_write();
	cut_by_signal();
	return 0;
}
