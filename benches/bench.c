/* Measures what the kernel's operations cost. */
#define _GNU_SOURCE
#include "guest.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>

enum { PAGE = 4096, REPEATS = 21 };

static int compare(const void *one, const void *two)
{
	unsigned long a = *(const unsigned long *)one, b = *(const unsigned long *)two;
	return (a > b) - (a < b);
}

/* Runs `operation` several times and reports the median of its cost, divided by `count`. */
static void measure(const char *name, void (*operation)(void), unsigned long count)
{
	unsigned long costs[REPEATS];

	operation();
	for (int i = 0; i < REPEATS; i++) {
		unsigned long start = now();
		operation();
		costs[i] = now() - start;
	}
	qsort(costs, REPEATS, sizeof *costs, compare);
	report(name, costs[REPEATS / 2] / count);
}

static void null_call(void)
{
	for (int i = 0; i < 100; i++)
		syscall(SYS_getppid);
}

static int zero_fd;

static void read_zero(void)
{
	char byte;
	for (int i = 0; i < 100; i++)
		check(read(zero_fd, &byte, 1) == 1, "read");
}

static void stat_file(void)
{
	struct stat info;
	for (int i = 0; i < 20; i++)
		check(stat("/tmp/file", &info) == 0, "stat");
}

static void open_close(void)
{
	for (int i = 0; i < 20; i++)
		close(open("/tmp/file", O_RDONLY));
}

static char *fresh;

static void touch_pages(void)
{
	for (int i = 0; i < 64; i++)
		fresh[i * PAGE] = 1;
}

/* A page fault's cost: pages touched for the first time, all in tables that exist already. */
static void page_fault(void)
{
	unsigned long costs[REPEATS];

	for (int i = 0; i < REPEATS; i++) {
		fresh = mmap(NULL, 128 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		check(fresh != MAP_FAILED, "mmap");
		fresh[100 * PAGE] = 1;
		unsigned long start = now();
		touch_pages();
		costs[i] = now() - start;
		munmap(fresh, 128 * PAGE);
	}
	qsort(costs, REPEATS, sizeof *costs, compare);
	report("anonymous page fault", costs[REPEATS / 2] / 64);
}

static void map_touch_unmap(void)
{
	char *area = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check(area != MAP_FAILED, "mmap");
	area[0] = 1;
	munmap(area, 65536);
}

static void reap(pid_t pid)
{
	int status;
	check(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0, "child");
}

static void fork_exit(void)
{
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	reap(pid);
}

static const char *program = "/sbin/init";
static char *const exit_arguments[] = { "init", "exit", NULL };
static char *const no_environment[] = { NULL };

static void fork_exec(void)
{
	pid_t pid = fork();
	if (pid == 0) {
		execve(program, exit_arguments, no_environment);
		_exit(1);
	}
	reap(pid);
}

static void vfork_exec(void)
{
	pid_t pid = vfork();
	if (pid == 0) {
		execve(program, exit_arguments, no_environment);
		_exit(1);
	}
	reap(pid);
}

static int there[2], back[2];

static void round_trip(void)
{
	char byte = 'x';
	for (int i = 0; i < 10; i++)
		check(write(there[1], &byte, 1) == 1 && read(back[0], &byte, 1) == 1, "pipe");
}

static void pipe_pair(void)
{
	check(pipe(there) == 0 && pipe(back) == 0, "pipe");
	pid_t pid = fork();
	if (pid == 0) {
		char byte;
		close(there[1]);
		while (read(there[0], &byte, 1) == 1)
			check(write(back[1], &byte, 1) == 1, "write");
		_exit(0);
	}
	close(there[0]);
	measure("pipe round trip", round_trip, 10);
	close(there[1]);
	reap(pid);
}

static void large_write(void)
{
	static char block[65536];
	check(write(there[1], block, sizeof block) == sizeof block, "write");
	for (size_t left = sizeof block; left > 0;) {
		ssize_t count = read(there[0], block, left);
		check(count > 0, "read");
		left -= (size_t)count;
	}
}

static void create_unlink(void)
{
	unsigned long create[REPEATS], removal[REPEATS];

	for (int i = 0; i < REPEATS; i++) {
		unsigned long start = now();
		close(open("/tmp/new", O_WRONLY | O_CREAT, 0600));
		create[i] = now() - start;
		start = now();
		check(unlink("/tmp/new") == 0, "unlink");
		removal[i] = now() - start;
	}
	qsort(create, REPEATS, sizeof *create, compare);
	qsort(removal, REPEATS, sizeof *removal, compare);
	report("create+close", create[REPEATS / 2]);
	report("unlink", removal[REPEATS / 2]);
}

/* Of the memory in use, what the files in memory take, in KiB. */
static unsigned long memory_of_files(void)
{
	char line[128];
	unsigned long kib = 0;
	int found = 0;

	(void)mkdir("/proc", 0555);
	(void)mount("proc", "/proc", "proc", 0, NULL);
	FILE *info = fopen("/proc/meminfo", "r");
	check(info != NULL, "meminfo");
	while (!found && fgets(line, sizeof line, info))
		found = sscanf(line, "Cached: %lu kB", &kib) == 1;
	check(found, "Cached in meminfo");
	fclose(info);
	return kib;
}

/* Once with everything cold, once more with its file in memory. */
static void run_wasm(const char *name)
{
	unsigned long start = now();
	pid_t pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);
		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execl("/bin/wasm", "wasm", "/wasm-apps/hello.wasm", (char *)NULL);
		_exit(1);
	}
	reap(pid);
	report(name, now() - start);
}

int main(int argc, char **argv)
{
	unsigned long started = now();
	struct sysinfo memory;

	if (argc > 1 && strcmp(argv[1], "exit") == 0)
		_exit(0);
	(void)sysinfo(&memory);
	open_results();
	/* In a child: a failed check ends it, and the machine still powers off. */
	pid_t pid = fork();
	if (pid == 0) {
		report("boot to the first user instruction", started);
		unsigned long in_use = (memory.totalram - memory.freeram) * (memory.mem_unit ? memory.mem_unit : 1) / 1024;
		unsigned long files = memory_of_files();
		report("memory in use at start but for files, KiB", in_use - files);
		report("memory of the image's files, KiB", files);
		(void)mkdir("/tmp", 0777);
		close(open("/tmp/file", O_WRONLY | O_CREAT, 0600));
		zero_fd = open("/dev/zero", O_RDONLY);
		measure("null system call", null_call, 100);
		measure("read 1 B /dev/zero", read_zero, 100);
		measure("stat", stat_file, 20);
		measure("open+close", open_close, 20);
		page_fault();
		measure("mmap 64K, touch, munmap", map_touch_unmap, 1);
		measure("fork+exit+wait", fork_exit, 1);
		measure("fork+exec+wait", fork_exec, 1);
		measure("vfork+exec+wait", vfork_exec, 1);
		pipe_pair();
		check(pipe(there) == 0, "pipe");
		measure("64 KiB pipe write+read", large_write, 1);
		create_unlink();
		if (access("/bin/wasm", X_OK) == 0 && access("/wasm-apps/hello.wasm", R_OK) == 0) {
			run_wasm("wasm hello.wasm, first run");
			run_wasm("wasm hello.wasm, again");
		}
		_exit(0);
	}
	int status;
	if (waitpid(pid, &status, 0) != pid || status != 0)
		report("failed: status of the measurements", (unsigned long)status);
	power_off();
	return 1;
}
