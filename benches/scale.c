/* How the kernel's costs grow: each operation with few and with many of what it works on. The rows are called
 * `OPERATION, NUMBER UNIT`. */
#define _GNU_SOURCE
#include "guest.h"

#include <dirent.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { PAGE = 4096, REPEATS = 11, MOST = 1000 };

/* futex(2); musl brings no header for them. */
enum { FUTEX_WAIT = 0, FUTEX_WAKE = 1, FUTEX_PRIVATE_FLAG = 128 };

static int compare(const void *one, const void *two)
{
	unsigned long a = *(const unsigned long *)one, b = *(const unsigned long *)two;
	return (a > b) - (a < b);
}

/* Reports the median cost of `operation`, divided by `count`, as `what, number unit`. */
static void measure(void (*operation)(void), unsigned long count, const char *what, int number, const char *unit)
{
	unsigned long costs[REPEATS];
	char name[96];

	operation();
	for (int i = 0; i < REPEATS; i++) {
		unsigned long start = now();
		operation();
		costs[i] = now() - start;
	}
	qsort(costs, REPEATS, sizeof *costs, compare);
	if (number)
		snprintf(name, sizeof name, "%s, %d %s", what, number, unit);
	else
		snprintf(name, sizeof name, "%s", what);
	report(name, costs[REPEATS / 2] / count);
}

static void reap(pid_t pid)
{
	int status;
	check(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0, "child");
}

/* Processes in a ring of pipes: a byte goes round. */
static int first_write, last_read;

static void round_of_the_ring(void)
{
	char byte = 'x';
	for (int i = 0; i < 4; i++)
		check(write(first_write, &byte, 1) == 1 && read(last_read, &byte, 1) == 1, "ring");
}

static void context_switch(int processes)
{
	pid_t pids[64];
	int ends[2], input;

	check(pipe(ends) == 0, "pipe");
	first_write = ends[1];
	input = ends[0];
	for (int i = 1; i < processes; i++) {
		check(pipe(ends) == 0, "pipe");
		pids[i] = fork();
		if (pids[i] == 0) {
			char byte;
			close(first_write);
			close(ends[0]);
			while (read(input, &byte, 1) == 1)
				check(write(ends[1], &byte, 1) == 1, "write");
			_exit(0);
		}
		close(input);
		close(ends[1]);
		input = ends[0];
	}
	last_read = input;
	measure(round_of_the_ring, 4 * (unsigned long)processes, "context switch through a pipe", processes, "processes");
	close(first_write);
	for (int i = 1; i < processes; i++)
		reap(pids[i]);
	close(last_read);
}

static void *nothing(void *argument)
{
	return argument;
}

static void create_join(void)
{
	pthread_t thread;
	check(pthread_create(&thread, NULL, nothing, NULL) == 0 && pthread_join(thread, NULL) == 0, "thread");
}

static int turn;

static void futex(int operation, int value)
{
	syscall(SYS_futex, &turn, operation | FUTEX_PRIVATE_FLAG, value, NULL, NULL, 0);
}

static void wait_until(int value)
{
	int seen;
	while ((seen = __atomic_load_n(&turn, __ATOMIC_SEQ_CST)) != value && seen != -1)
		futex(FUTEX_WAIT, seen);
}

static void *pong(void *argument)
{
	for (;;) {
		wait_until(1);
		if (__atomic_load_n(&turn, __ATOMIC_SEQ_CST) == -1)
			return argument;
		__atomic_store_n(&turn, 0, __ATOMIC_SEQ_CST);
		futex(FUTEX_WAKE, 1);
	}
}

static void ping(void)
{
	for (int i = 0; i < 10; i++) {
		__atomic_store_n(&turn, 1, __ATOMIC_SEQ_CST);
		futex(FUTEX_WAKE, 1);
		wait_until(0);
	}
}

static void futexes(void)
{
	pthread_t thread;
	check(pthread_create(&thread, NULL, pong, NULL) == 0, "thread");
	measure(ping, 10, "futex ping-pong", 0, NULL);
	__atomic_store_n(&turn, -1, __ATOMIC_SEQ_CST);
	futex(FUTEX_WAKE, INT_MAX);
	pthread_join(thread, NULL);
}

static volatile int signals;

static void count_signal(int number)
{
	signals += number != 0;
}

static void raise_signals(void)
{
	pid_t pid = getpid();
	for (int i = 0; i < 20; i++)
		kill(pid, SIGUSR1);
}

/* Waiting for the last of many descriptors that is ready. */
static int descriptors[MOST], watched, epoll;
static struct pollfd polled[MOST];

static void do_select(void)
{
	static unsigned long bits[(MOST + 64) / 64 + 16];
	int most = descriptors[watched - 1] + 1;
	memset(bits, 0, sizeof bits);
	for (int i = 0; i < watched; i++)
		bits[descriptors[i] / 64] |= 1ul << descriptors[i] % 64;
	check(syscall(SYS_select, most, bits, NULL, NULL, NULL) == 1, "select");
}

static void do_poll(void)
{
	check(poll(polled, (nfds_t)watched, -1) == 1, "poll");
}

static void do_epoll(void)
{
	struct epoll_event event;
	for (int i = 0; i < 10; i++)
		check(epoll_wait(epoll, &event, 1, -1) == 1, "epoll_wait");
}

static void many_descriptors(int count)
{
	uint64_t one = 1;
	watched = count;
	epoll = epoll_create1(0);
	check(epoll >= 0, "epoll_create1");
	for (int i = 0; i < count; i++) {
		struct epoll_event event = {.events = EPOLLIN, .data.fd = i};
		descriptors[i] = eventfd(0, 0);
		check(descriptors[i] >= 0, "eventfd");
		polled[i] = (struct pollfd){descriptors[i], POLLIN, 0};
		check(epoll_ctl(epoll, EPOLL_CTL_ADD, descriptors[i], &event) == 0, "epoll_ctl");
	}
	check(write(descriptors[count - 1], &one, 8) == 8, "write");
	measure(do_select, 1, "select", count, "descriptors");
	measure(do_poll, 1, "poll", count, "descriptors");
	measure(do_epoll, 10, "epoll_wait", count, "descriptors");
	for (int i = 0; i < count; i++)
		close(descriptors[i]);
	close(epoll);
}

static int pair[2];

static void exchange(void)
{
	char byte = 'x';
	for (int i = 0; i < 10; i++)
		check(write(pair[0], &byte, 1) == 1 && read(pair[0], &byte, 1) == 1, "socket");
}

static void unix_socket(void)
{
	check(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "socketpair");
	pid_t pid = fork();
	if (pid == 0) {
		char byte;
		close(pair[0]);
		while (read(pair[1], &byte, 1) == 1)
			check(write(pair[1], &byte, 1) == 1, "write");
		_exit(0);
	}
	close(pair[1]);
	measure(exchange, 10, "AF_UNIX round trip", 0, NULL);
	close(pair[0]);
	reap(pid);
}

static char *block;
static size_t block_size;
static int file;

static void write_block(void)
{
	check(pwrite(file, block, block_size, 0) == (ssize_t)block_size, "pwrite");
}

static void read_block(void)
{
	check(pread(file, block, block_size, 0) == (ssize_t)block_size, "pread");
}

static void file_blocks(void)
{
	block = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	file = open("/tmp/blocks", O_RDWR | O_CREAT, 0600);
	check(block != MAP_FAILED && file >= 0, "file");
	memset(block, 1, 1 << 20);
	for (block_size = 4096; block_size <= 1 << 20; block_size *= 16) {
		int kib = (int)(block_size >> 10);
		measure(write_block, 1, "file write", kib, "KiB");
		measure(read_block, 1, "file read", kib, "KiB");
	}
	close(file);
	munmap(block, 1 << 20);
}

static int entries;

static void list(void)
{
	struct dirent *entry;
	int seen = 0;
	DIR *folder = opendir("/tmp/many");
	while ((entry = readdir(folder)))
		seen++;
	check(seen == entries + 2, "readdir");
	closedir(folder);
}

static void look_up(void)
{
	char name[64];
	struct stat info;
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof name, "/tmp/many/file-%d", i * (entries / 20));
		check(stat(name, &info) == 0, "stat");
	}
}

static void directory(int count)
{
	char name[64], row[96];
	unsigned long start;
	check(mkdir("/tmp/many", 0755) == 0, "mkdir");
	entries = count;
	start = now();
	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof name, "/tmp/many/file-%d", i);
		close(open(name, O_WRONLY | O_CREAT, 0600));
	}
	snprintf(row, sizeof row, "create one of, %d names", count);
	report(row, (now() - start) / (unsigned long)count);
	measure(look_up, 20, "stat one of", count, "names");
	measure(list, (unsigned long)count, "readdir of one of", count, "names");
	start = now();
	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof name, "/tmp/many/file-%d", i);
		check(unlink(name) == 0, "unlink");
	}
	snprintf(row, sizeof row, "unlink one of, %d names", count);
	report(row, (now() - start) / (unsigned long)count);
	check(rmdir("/tmp/many") == 0, "rmdir");
}

static void fork_exit(void)
{
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	reap(pid);
}

static void fork_resident(int mib)
{
	size_t size = (size_t)mib << 20;
	char *area = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check(area != MAP_FAILED, "mmap");
	madvise(area, size, MADV_NOHUGEPAGE);
	for (size_t at = 0; at < size; at += PAGE)
		area[at] = 1;
	measure(fork_exit, 1, "fork+exit+wait", mib, "MiB resident");
	munmap(area, size);
}

static void map_one(void)
{
	for (int i = 0; i < 10; i++) {
		char *area = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		check(area != MAP_FAILED && munmap(area, PAGE) == 0, "mmap");
	}
}

static char *stripes;
static int stripe_count;

static void fault_stripe(void)
{
	char *page = stripes + (size_t)(stripe_count / 2) * 2 * PAGE;
	madvise(page, PAGE, MADV_DONTNEED);
	*(volatile char *)page = 1;
}

/* Every other page has other rights: each is an area of its own. */
static void many_areas(int count)
{
	size_t size = (size_t)count * 2 * PAGE;
	stripes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	stripe_count = count / 2;
	check(stripes != MAP_FAILED, "mmap");
	for (int i = 0; i < count / 2; i++)
		check(mprotect(stripes + (size_t)(2 * i + 1) * PAGE, PAGE, PROT_READ) == 0, "mprotect");
	measure(map_one, 10, "mmap+munmap beside", count, "areas");
	measure(fault_stripe, 1, "madvise+page fault beside", count, "areas");
	munmap(stripes, size);
}

static void all(void)
{
	struct rlimit files = {2048, 4096};
	struct sigaction action = {.sa_handler = count_signal};

	(void)mkdir("/tmp", 0777);
	setrlimit(RLIMIT_NOFILE, &files);
	for (int processes = 2; processes <= 64; processes *= 2)
		context_switch(processes);
	measure(create_join, 1, "thread create+join", 0, NULL);
	futexes();
	sigaction(SIGUSR1, &action, NULL);
	measure(raise_signals, 20, "signal to itself, handled", 0, NULL);
	check(signals == 20 * (REPEATS + 1), "signals");
	for (int count = 10; count <= MOST; count *= 10)
		many_descriptors(count);
	unix_socket();
	file_blocks();
	for (int count = 100; count <= 10000; count *= 10)
		directory(count);
	for (int mib = 1; mib <= 256; mib *= 4)
		fork_resident(mib);
	for (int count = 10; count <= 10000; count *= 10)
		many_areas(count);
}

int main(void)
{
	int status;
	open_results();
	/* In a child: a failed check ends it, and the machine still powers off. */
	pid_t pid = fork();
	if (pid == 0) {
		all();
		_exit(0);
	}
	if (waitpid(pid, &status, 0) != pid || status != 0)
		report("failed: status of the measurements", (unsigned long)status);
	power_off();
	return 1;
}
