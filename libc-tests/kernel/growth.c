/* Ten times as many of something cost about ten times as much, and structures that a program nests have an end. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FEW = 300, MANY = 3000, MOST_TIMES = 60, TICK = 2000000 };

static void record_locks(int count)
{
	int fd = open("locked", O_RDWR | O_CREAT, 0600);
	for (int i = 0; i < count; i++) {
		struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 2 * i, .l_len = 1 };
		assert(fcntl(fd, F_SETLK, &lock) == 0);
	}
	for (int i = 0; i < count; i++) {
		struct flock lock = { .l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = 2 * i, .l_len = 1 };
		assert(fcntl(fd, F_SETLK, &lock) == 0);
	}
}

/* Every other page of a file becomes a hole. */
static void holes(int count)
{
	int fd = open("holes", O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fallocate(fd, 0, 0, (off_t)count * 4096) != 0)
		assert(errno == EOPNOTSUPP);
	for (int i = 0; i < count; i += 2)
		if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)i * 4096, 4096) != 0)
			assert(errno == EOPNOTSUPP);
	close(fd);
}

/* The list of areas is read piece by piece. */
static void areas(int count)
{
	char *start = mmap(NULL, count * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert(start != MAP_FAILED);
	for (int i = 0; i < count; i += 2)
		assert(mprotect(start + i * 4096, 4096, PROT_READ) == 0);
	int fd = open("/proc/self/maps", O_RDONLY), lines = 0;
	char part[1024];
	for (ssize_t got; (got = read(fd, part, sizeof part)) > 0;)
		for (ssize_t i = 0; i < got; i++)
			lines += part[i] == '\n';
	assert(lines >= count);
	close(fd);
	munmap(start, count * 4096);
}

static void watched_descriptors(int count)
{
	int epoll = epoll_create1(0), counter = eventfd(1, 0);
	struct epoll_event event = { .events = EPOLLIN }, events[64];
	int *copies = malloc(count * sizeof *copies);
	for (int i = 0; i < count; i++) {
		assert((copies[i] = dup(counter)) >= 0);
		assert(epoll_ctl(epoll, EPOLL_CTL_ADD, copies[i], &event) == 0);
	}
	for (int i = 0; i < count / 64; i++)
		assert(epoll_wait(epoll, events, 64, 0) == 64);
	for (int i = 0; i < count; i++)
		assert(epoll_ctl(epoll, EPOLL_CTL_DEL, copies[i], &event) == 0);
}

static void polled_often(int count)
{
	struct pollfd *polled = malloc(count * sizeof *polled);
	int counter = eventfd(0, 0);
	for (int i = 0; i < count; i++)
		polled[i] = (struct pollfd){ counter, POLLIN };
	assert(poll(polled, count, 1) == 0);
}

static void children(int count)
{
	count /= 10;
	for (int i = 0; i < count; i++) {
		pid_t child = fork();
		assert(child >= 0);
		if (!child)
			_exit(0);
	}
	for (int i = 0; i < count; i++)
		assert(wait(NULL) > 0);
}

static void semaphores(int count)
{
	static int ids[MANY];
	count /= 10;
	for (int i = 0; i < count; i++)
		assert((ids[i] = semget(IPC_PRIVATE, 1, 0600)) >= 0);
	for (int i = 0; i < count; i++)
		assert(semctl(ids[i], 0, IPC_RMID) == 0);
}

static void watched_files(int count)
{
	char name[20];
	int watcher = inotify_init();
	/* Linux takes milliseconds to let a watch go. */
	count /= 10;
	for (int i = 0; i < count; i++) {
		sprintf(name, "file-%d", i);
		close(open(name, O_RDWR | O_CREAT, 0600));
		assert(inotify_add_watch(watcher, name, IN_ALL_EVENTS) >= 0);
	}
	for (int i = 0; i < count; i++) {
		sprintf(name, "file-%d", i);
		assert(unlink(name) == 0);
	}
}

/* Nanoseconds of processor time for the work, in a process of its own: the machine may have other work. */
static double cost(void (*work)(int), int count)
{
	struct rusage used;
	int status;
	fflush(stdout);
	pid_t child = fork();
	if (!child) {
		work(count);
		exit(0);
	}
	assert(wait4(child, &status, 0, &used) == child && status == 0);
	double seconds = used.ru_utime.tv_sec + used.ru_stime.tv_sec;
	return seconds * 1e9 + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e3;
}

/* Other work of the machine may disturb: the least of several tries counts. Ten times as many may cost sixty times as
 * much, for few fit into caches; with the square of their number it would be a hundred times and more. */
static void grows(const char *what, void (*work)(int))
{
	double few = 1e18, many = 1e18;
	for (int round = 0; round < 20 && (round < 1 || many > MOST_TIMES * few); round++) {
		double once = cost(work, FEW);
		few = once < few ? once : few;
		/* Time may be counted in ticks. */
		few = few < TICK ? TICK : few;
		once = cost(work, MANY);
		many = once < many ? once : many;
	}
	/* What is done at once need not be compared. */
	printf("%s: %s\n", what, many <= MOST_TIMES * few || many < 100e6 ? "in proportion" : "faster than their number");
}

/* A chain of instances that is built from above ends, and so does what a write at its bottom sets off. */
static void a_chain(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	int outer = epoll_create1(0), length;
	for (length = 0; length < 1000; length++) {
		int inner = epoll_create1(0);
		if (epoll_ctl(outer, EPOLL_CTL_ADD, inner, &event) != 0)
			break;
		outer = inner;
	}
	assert((errno == ELOOP || errno == EINVAL) && length < 10);
	puts("a chain of epoll instances ends");
}

/* Levels of instances, each watching all of the next. */
static void a_lattice(void)
{
	enum { LEVELS = 4, WIDTH = 40 };
	int instances[LEVELS][WIDTH], refused = 0;
	struct epoll_event event = { .events = EPOLLIN };
	for (int level = 0; level < LEVELS; level++)
		for (int i = 0; i < WIDTH; i++)
			instances[level][i] = epoll_create1(0);
	int counter = eventfd(0, 0);
	for (int i = 0; i < WIDTH; i++)
		epoll_ctl(instances[LEVELS - 1][i], EPOLL_CTL_ADD, counter, &event);
	for (int level = LEVELS - 1; level > 0; level--)
		for (int i = 0; i < WIDTH; i++)
			for (int j = 0; j < WIDTH; j++)
				if (epoll_ctl(instances[level - 1][i], EPOLL_CTL_ADD, instances[level][j], &event) != 0) {
					assert(errno == EINVAL);
					refused++;
				}
	assert(refused > 0);
	eventfd_t value;
	assert(eventfd_write(counter, 1) == 0 && eventfd_read(counter, &value) == 0);
	struct pollfd polled = { instances[0][0], POLLIN };
	poll(&polled, 1, 0);
	puts("a lattice of epoll instances ends");
}

/* A file that is closed without EPOLL_CTL_DEL leaves nothing behind. */
static void closed_files(void)
{
	struct epoll_event event = { .events = EPOLLIN }, got[4];
	int epoll = epoll_create1(0);
	for (int i = 0; i < 20000; i++) {
		int counter = eventfd(i % 2, 0);
		assert(epoll_ctl(epoll, EPOLL_CTL_ADD, counter, &event) == 0);
		close(counter);
	}
	assert(epoll_wait(epoll, got, 4, 0) == 0);
	puts("closed files are watched no longer");
}

int main(void)
{
	struct rlimit limit;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = MANY + 100 < limit.rlim_max ? MANY + 100 : limit.rlim_max;
	assert(setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur > MANY);
	grows("record locks", record_locks);
	grows("holes in a file", holes);
	grows("areas of memory", areas);
	grows("descriptors watched with epoll", watched_descriptors);
	grows("entries of poll", polled_often);
	grows("children", children);
	grows("semaphores", semaphores);
	grows("files watched with inotify", watched_files);
	a_chain();
	a_lattice();
	closed_files();
	return 0;
}
