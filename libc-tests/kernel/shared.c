/* What threads and processes share and change under each other: descriptors, names, memory, events, terminals, programs. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void check(int holds, const char *what)
{
	if (!holds) {
		printf("failed: %s (%s)\n", what, strerror(errno));
		exit(1);
	}
}

static atomic_int stop;

/* Runs `side` in threads of their own until `run`, here, is through. */
static void against(void (*run)(void), void *(*const side[])(void *), int count)
{
	pthread_t threads[4];
	stop = 0;
	for (int i = 0; i < count; i++)
		check(!pthread_create(&threads[i], NULL, side[i], (void *)(long)i), "pthread_create");
	run();
	stop = 1;
	for (int i = 0; i < count; i++)
		check(!pthread_join(threads[i], NULL), "pthread_join");
}

/* Descriptors */

static int files[2], slot;

static void make_file(const char *name, char byte, int *fd)
{
	char bytes[64];
	memset(bytes, byte, sizeof bytes);
	*fd = open(name, O_CREAT | O_TRUNC | O_RDWR, 0600);
	check(*fd >= 0 && write(*fd, bytes, sizeof bytes) == sizeof bytes && !unlink(name), "a file");
}

static void *put_in_slot(void *argument)
{
	while (!stop)
		check(dup2(files[(long)argument], slot) == slot || errno == EBUSY, "dup2");
	return NULL;
}

static void *empty_slot(void *argument)
{
	while (!stop) {
		check(!close(slot) || errno == EBADF, "close");
		sched_yield();
	}
	return argument;
}

static void read_slot(void)
{
	char bytes[64];
	for (int i = 0; i < 3000; i++) {
		ssize_t got = pread(slot, bytes, sizeof bytes, 0);
		if (got < 0) {
			check(errno == EBADF, "a closed descriptor is a bad one");
			continue;
		}
		check(got == sizeof bytes && (bytes[0] == 'a' || bytes[0] == 'b'), "one of the two files");
		for (int j = 1; j < 64; j++)
			check(bytes[j] == bytes[0], "of one file only");
	}
}

static void descriptors(void)
{
	make_file("a", 'a', &files[0]);
	make_file("b", 'b', &files[1]);
	slot = dup(files[0]);
	against(read_slot, (void *(*const[])(void *)){ put_in_slot, put_in_slot, empty_slot }, 3);
	close(slot);
	int next = dup(files[0]);
	check(next == slot, "no descriptor is left over");
	close(next);
	close(files[0]);
	close(files[1]);
	puts("descriptors: each read saw one file");
}

static int ends[2];

static void *read_closed(void *argument)
{
	char byte = 0;
	stop = 1;
	ssize_t got = read(ends[0], &byte, 1);
	/* Too late: the descriptor is closed. Else the read has the pipe and stays with it. */
	check((got == 1 && byte == 'x') || (got < 0 && errno == EBADF), "a read of a pipe whose descriptor is closed");
	return argument;
}

static void close_under_read(void)
{
	for (int round = 0; round < 50; round++) {
		pthread_t reader;
		stop = 0;
		check(!pipe(ends), "pipe");
		int spare = dup(ends[0]);
		check(!pthread_create(&reader, NULL, read_closed, NULL), "pthread_create");
		while (!stop)
			sched_yield();
		close(ends[0]);
		check(write(ends[1], "x", 1) == 1, "write");
		pthread_join(reader, NULL);
		close(ends[1]);
		close(spare);
	}
	puts("descriptors: a read stays with its pipe");
}

/* Names */

static void *replace_file(void *argument)
{
	char name[16];
	sprintf(name, "new%ld", (long)argument);
	while (!stop) {
		int fd = open(name, O_CREAT | O_WRONLY, 0600);
		check(fd >= 0 && write(fd, "whole", 5) == 5, "a new file");
		close(fd);
		check(!rename(name, "target"), "rename over the target");
	}
	return NULL;
}

static void *come_and_go(void *argument)
{
	while (!stop) {
		int fd = open("passing", O_CREAT | O_EXCL | O_WRONLY, 0600);
		check(fd >= 0 && !link("passing", "second") && !unlink("passing") && !unlink("second"), "link and unlink");
		close(fd);
	}
	return argument;
}

static void look_at_target(void)
{
	char bytes[8];
	for (int i = 0; i < 800; i++) {
		int fd = open("target", O_RDONLY);
		check(fd >= 0, "the target is there at any moment");
		check(read(fd, bytes, sizeof bytes) == 5 && !memcmp(bytes, "whole", 5), "and whole");
		close(fd);
	}
}

static void *swap_places(void *argument)
{
	(void)argument;
	while (!stop)
		check(!rename("left/sub", "right/sub") && !rename("right/sub", "left/sub"), "a directory moves");
	return NULL;
}

static void *nest(void *argument)
{
	const char *const *names = argument ? (const char *[]){ "p", "q/p", "q", "p/q" } : (const char *[]){ "q", "p/q", "p", "q/p" };
	while (!stop) {
		if (!rename(names[0], names[1]))
			check(!rename(names[1], names[0]), "and out again");
		else
			check(errno == ENOENT || errno == EINVAL, "one is in the other, or above it");
	}
	return NULL;
}

static void look_at_moving(void)
{
	for (int i = 0; i < 1500; i++) {
		struct stat found;
		int fd = open("left/sub", O_RDONLY | O_DIRECTORY);
		if (fd < 0) {
			check(errno == ENOENT, "it is elsewhere");
			continue;
		}
		check(!fstatat(fd, "file", &found, 0) && found.st_size == 3, "what is in it stays in it");
		check(!fstatat(fd, "../sub/file", &found, 0) || errno == ENOENT, "its parent is one of the two");
		close(fd);
	}
}

static void names(void)
{
	int fd = open("target", O_CREAT | O_WRONLY, 0600);
	check(fd >= 0 && write(fd, "whole", 5) == 5, "the target");
	close(fd);
	against(look_at_target, (void *(*const[])(void *)){ replace_file, replace_file, come_and_go }, 3);
	check(!unlink("target"), "unlink");
	puts("names: what is replaced is always there");

	check(!mkdir("left", 0700) && !mkdir("right", 0700) && !mkdir("left/sub", 0700), "mkdir");
	check(!mkdir("p", 0700) && !mkdir("q", 0700), "mkdir");
	fd = open("left/sub/file", O_CREAT | O_WRONLY, 0600);
	check(fd >= 0 && write(fd, "abc", 3) == 3, "a file");
	close(fd);
	against(look_at_moving, (void *(*const[])(void *)){ nest, nest, swap_places }, 3);
	check(!unlink("left/sub/file") && !rmdir("left/sub") && !rmdir("left") && !rmdir("right"), "all is where it was");
	check(!rmdir("p") && !rmdir("q"), "neither is lost in the other");
	puts("names: directories that move stay whole");
}

/* Memory */

enum { PAGE = 4096, PAGES = 8 };

static unsigned char *memory;
static int patterns[2];

static void *map_again(void *argument)
{
	int file = patterns[(long)argument];
	while (!stop) {
		void *got = mmap(memory, PAGES * PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, file, 0);
		check(got == memory, "mmap in its place");
	}
	return NULL;
}

static void read_memory(void)
{
	for (int i = 0; i < 4000; i++) {
		/* A mapping in the place of another leaves no hole for a moment. */
		unsigned char byte = *(volatile unsigned char *)(memory + i % PAGES * PAGE);
		check(byte == 'a' || byte == 'b', "a byte of one of the files");
	}
}

static __thread sigjmp_buf escape;
static atomic_long faults;

static void on_fault(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)context;
	unsigned char *at = info->si_addr;
	if (at < memory || at >= memory + PAGES * PAGE)
		_exit(9);
	faults++;
	siglongjmp(escape, 1);
}

static void *touch(void *argument)
{
	for (volatile int i = 0; !stop; i++)
		if (!sigsetjmp(escape, 1)) {
			unsigned char *at = memory + i % PAGES * PAGE;
			unsigned char byte = *(volatile unsigned char *)at;
			check(byte == 0 || byte == 7, "a fresh page, or one that was written");
			*(volatile unsigned char *)at = 7;
		} else {
			sched_yield();
		}
	return argument;
}

static void map_and_unmap(void)
{
	for (int i = 0; i < 100; i++) {
		void *got = mmap(memory, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		check(got == memory, "mmap");
		check(!mprotect(memory + PAGE, PAGE, PROT_READ), "mprotect");
		sched_yield();
		check(!madvise(memory, 2 * PAGE, MADV_DONTNEED), "madvise");
		check(!munmap(memory, PAGES * PAGE), "munmap");
	}
}

static void mappings(void)
{
	for (int i = 0; i < 2; i++) {
		char bytes[PAGE];
		memset(bytes, i ? 'b' : 'a', PAGE);
		patterns[i] = open("pattern", O_CREAT | O_TRUNC | O_RDWR, 0600);
		for (int page = 0; page < PAGES; page++)
			check(write(patterns[i], bytes, PAGE) == PAGE, "a pattern");
		check(!unlink("pattern"), "unlink");
	}
	memory = mmap(NULL, PAGES * PAGE, PROT_READ, MAP_PRIVATE, patterns[0], 0);
	check(memory != MAP_FAILED, "mmap");
	against(read_memory, (void *(*const[])(void *)){ map_again, map_again }, 2);
	close(patterns[0]);
	close(patterns[1]);
	puts("memory: no hole between two mappings");

	/* Nothing yet, but no place for the threads' stacks. */
	check(mmap(memory, PAGES * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == memory, "mmap");
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO }, before;
	sigaction(SIGSEGV, &action, &before);
	against(map_and_unmap, (void *(*const[])(void *)){ touch, touch, touch }, 3);
	sigaction(SIGSEGV, &before, NULL);
	puts("memory: a page is there or faults");
}

/* Events */

static int events;

static void *add_and_close(void *argument)
{
	long me = (long)argument;
	while (!stop) {
		int pair[2];
		check(!pipe(pair), "pipe");
		struct epoll_event event = { .events = EPOLLIN, .data.u64 = me };
		check(!epoll_ctl(events, EPOLL_CTL_ADD, pair[0], &event), "EPOLL_CTL_ADD");
		check(write(pair[1], "x", 1) == 1, "write");
		if (me & 1)
			check(!epoll_ctl(events, EPOLL_CTL_DEL, pair[0], NULL), "EPOLL_CTL_DEL");
		close(pair[0]);
		close(pair[1]);
	}
	return NULL;
}

static void wait_for_events(void)
{
	struct epoll_event found[4];
	for (int i = 0; i < 1500; i++) {
		int count = epoll_wait(events, found, 4, i % 2);
		check(count >= 0 && count <= 4, "epoll_wait");
		for (int j = 0; j < count; j++)
			check(found[j].data.u64 < 3 && found[j].events & (EPOLLIN | EPOLLHUP), "an event of one of the pipes");
	}
}

static void events_of_closed(void)
{
	struct epoll_event found;
	events = epoll_create1(0);
	against(wait_for_events, (void *(*const[])(void *)){ add_and_close, add_and_close, add_and_close }, 3);
	check(epoll_wait(events, &found, 1, 0) == 0, "what is closed has no events");
	close(events);
	puts("events: none of what is closed");
}

/* Terminals */

enum { BYTES = 20000 };
static int master, slave;

static void *write_terminal(void *argument)
{
	int fd = argument ? slave : master;
	char bytes[100];
	memset(bytes, argument ? 's' : 'm', sizeof bytes);
	for (int left = BYTES; left;) {
		ssize_t put = write(fd, bytes, left < 100 ? left : 100);
		check(put > 0, "write to a terminal");
		left -= put;
	}
	return NULL;
}

static void *read_slave(void *argument)
{
	char bytes[300];
	for (int left = BYTES; left;) {
		ssize_t got = read(slave, bytes, sizeof bytes);
		check(got > 0, "read the terminal");
		for (ssize_t i = 0; i < got; i++)
			check(bytes[i] == 'm', "what was typed");
		left -= got;
	}
	return argument;
}

static void *change_terminal(void *argument)
{
	while (!stop) {
		struct termios settings;
		struct winsize size = { .ws_row = 3, .ws_col = 4 };
		int waiting;
		check(!tcgetattr(slave, &settings), "tcgetattr");
		settings.c_cc[VMIN] = 1 + (settings.c_cc[VMIN] & 1);
		settings.c_cc[VTIME] = 1;
		check(!tcsetattr(slave, TCSANOW, &settings), "tcsetattr");
		check(!ioctl(master, TIOCSWINSZ, &size) && !ioctl(slave, FIONREAD, &waiting), "ioctl");
		sched_yield();
	}
	return argument;
}

static void read_master(void)
{
	char bytes[300];
	for (int left = BYTES; left;) {
		ssize_t got = read(master, bytes, sizeof bytes);
		check(got > 0, "read what the terminal shows");
		for (ssize_t i = 0; i < got; i++)
			check(bytes[i] == 's', "what was written");
		left -= got;
	}
}

static void *until_hung_up(void *argument)
{
	char byte;
	stop = 1;
	ssize_t got = read(slave, &byte, 1);
	check(got == 0 || (got < 0 && errno == EIO), "a terminal that is gone ends its reads");
	return argument;
}

static void open_terminal(void)
{
	struct termios settings;
	master = posix_openpt(O_RDWR | O_NOCTTY);
	check(master >= 0 && !grantpt(master) && !unlockpt(master), "a terminal");
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	check(slave >= 0 && !tcgetattr(slave, &settings), "its other side");
	cfmakeraw(&settings);
	check(!tcsetattr(slave, TCSANOW, &settings), "tcsetattr");
}

static void terminals(void)
{
	pthread_t threads[3];
	open_terminal();
	pthread_create(&threads[0], NULL, write_terminal, (void *)0L);
	pthread_create(&threads[1], NULL, write_terminal, (void *)1L);
	pthread_create(&threads[2], NULL, read_slave, NULL);
	against(read_master, (void *(*const[])(void *)){ change_terminal }, 1);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	close(master);
	close(slave);
	puts("terminals: no byte is lost");

	for (int round = 0; round < 30; round++) {
		open_terminal();
		stop = 0;
		check(!pthread_create(&threads[0], NULL, until_hung_up, NULL), "pthread_create");
		while (!stop)
			sched_yield();
		close(master);
		pthread_join(threads[0], NULL);
		close(slave);
	}
	puts("terminals: a hang-up ends a read");
}

/* Programs */

static void programs_and_signals(void)
{
	int told[2];
	check(!pipe(told), "pipe");
	signal(SIGUSR1, SIG_IGN);
	pid_t child = fork();
	if (!child) {
		dup2(told[1], 100);
		execl("/proc/self/exe", "shared", "30", NULL);
		_exit(99);
	}
	close(told[1]);
	struct pollfd ended = { .fd = told[0] };
	while (poll(&ended, 1, 0) == 0) {
		kill(child, SIGUSR1);
		kill(child, SIGSTOP);
		kill(child, SIGCONT);
	}
	int status;
	check(waitpid(child, &status, 0) == child && status == 0, "each program started the next");
	close(told[0]);
	signal(SIGUSR1, SIG_DFL);
	puts("programs: signals don't keep one from starting");
}

static int next_program(const char *left)
{
	char fewer[16];
	int count = atoi(left);
	if (!count)
		return 0;
	sprintf(fewer, "%d", count - 1);
	execl("/proc/self/exe", "shared", fewer, NULL);
	return 98;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return next_program(argv[1]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	descriptors();
	close_under_read();
	names();
	mappings();
	events_of_closed();
	terminals();
	programs_and_signals();
	return 0;
}
