/* What /proc tells of the machine and of a process (proc(5)). */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static char text[65536];

static char *contents(const char *path)
{
	int file = open(path, O_RDONLY);
	ssize_t length = 0, part;
	while (file >= 0 && (part = read(file, text + length, sizeof text - 1 - length)) > 0)
		length += part;
	close(file);
	text[length] = 0;
	return text;
}

/* Field `number` of /proc/self/stat, as proc_pid_stat(5) counts them from 3 on. */
static long long field(int number)
{
	char *at = strrchr(contents("/proc/self/stat"), ')');
	for (int i = 2; at && i < number; i++)
		at = strchr(at + 1, ' ');
	return at ? atoll(at + 1) : -99;
}

/* A text is that of the last read from its start, however small the parts are in which it is read. */
static void pieces(void)
{
	int file = open("/proc/thread-self/status", O_RDONLY);
	prctl(PR_SET_NAME, "before");
	ssize_t first = read(file, text, 8);
	prctl(PR_SET_NAME, "a longer name");
	ssize_t rest = read(file, text + 8, sizeof text - 9);
	text[rest > 0 ? 8 + rest : 0] = 0;
	printf("in pieces: %d %.12s, then %d", (int)first, text, (int)read(file, text, 100));
	lseek(file, 0, SEEK_SET);
	rest = read(file, text, sizeof text - 1);
	text[rest > 0 ? rest : 0] = 0;
	printf(", again: %.19s\n", text);
	close(file);
}

static int fields(void)
{
	int count = 2;
	for (char *at = strrchr(contents("/proc/self/stat"), ')'); (at = strchr(at, ' ')); at++)
		count++;
	return count;
}

static unsigned long long hex(const char *name)
{
	char *at = strstr(contents("/proc/self/status"), name);
	return at ? strtoull(at + strlen(name), NULL, 16) : 0;
}

static int has_flag(const char *name)
{
	char padded[32];
	char *line = strstr(contents("/proc/cpuinfo"), "\nflags");
	if (!line)
		return -1;
	char *end = strchr(line + 1, '\n');
	*end = 0;
	snprintf(padded, sizeof padded, " %s", name);
	char *found = strstr(line, padded);
	return found && (found[strlen(padded)] == ' ' || found[strlen(padded)] == 0);
}

static void handler(int number)
{
	(void)number;
}

static volatile unsigned long sink;

int main(void)
{
	int processors = 0;
	for (char *at = contents("/proc/cpuinfo"); (at = strstr(at, "processor\t:")); at++)
		processors++;
	printf("processors: %d\n", processors == sysconf(_SC_NPROCESSORS_ONLN));
	printf("flags: %d %d %d %d\n", has_flag("fpu"), has_flag("sse2"), has_flag("lm"), has_flag("nonsense"));
	printf("vendor: %d\n", strstr(contents("/proc/cpuinfo"), "vendor_id\t: ") != NULL);

	double one, five, fifteen;
	int running, all, last;
	int count = sscanf(contents("/proc/loadavg"), "%lf %lf %lf %d/%d %d", &one, &five, &fifteen, &running, &all, &last);
	double averages[3];
	printf("loadavg: %d %d %d %d\n", count, one >= 0 && one < 1000, running >= 1 && running <= all, getloadavg(averages, 3));

	printf("stat: %d fields\n", fields());
	printf("ids: %d %d %d\n", field(4) == getppid(), field(5) == getpgrp(), field(6) == getsid(0));
	long before = field(10);
	char *memory = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	madvise(memory, 1 << 20, MADV_NOHUGEPAGE);
	for (int i = 0; i < 256; i++)
		memory[i * 4096] = 1;
	printf("faults: %d, major %d\n", field(10) - before >= 16, field(12) >= 0);
	clock_t end = clock() + CLOCKS_PER_SEC / 5;
	while (clock() < end)
		for (int i = 0; i < 1000000; i++)
			sink += i;
	printf("time: %d\n", field(14) + field(15) >= 15);
	printf("priority: %lld, nice %lld\n", field(18), field(19));
	if (nice(5) != 5)
		perror("nice");
	printf("priority: %lld, nice %lld, policy %lld\n", field(18), field(19), field(41));
	printf("exit signal: %lld\n", field(38));
	printf("sizes: %d %d\n", field(23) % 4096 == 0, field(24) > 100);

	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGUSR2, SIG_IGN);
	signal(SIGHUP, handler);
	raise(SIGUSR1);
	printf("signals: %llx %llx %d %d\n", hex("SigPnd:") | hex("ShdPnd:"), hex("SigBlk:"),
	       (hex("SigIgn:") >> (SIGUSR2 - 1) & 1) != 0, (hex("SigCgt:") & 1) != 0);
	printf("stat's: %lld %lld %d %d\n", field(31) & 1 << (SIGUSR1 - 1), field(32), (field(33) >> (SIGUSR2 - 1) & 1) != 0,
	       (field(34) & 1) != 0);
	long switches = strtol(strstr(contents("/proc/self/status"), "\nvoluntary_ctxt_switches:") + 25, NULL, 10);
	for (int i = 0; i < 5; i++)
		usleep(1000);
	printf("switches: %d\n", strtol(strstr(contents("/proc/self/status"), "\nvoluntary_ctxt_switches:") + 25, NULL, 10) - switches >= 5);

	long total, resident, shared, code, library, data, dirty;
	count = sscanf(contents("/proc/self/statm"), "%ld %ld %ld %ld %ld %ld %ld", &total, &resident, &shared, &code, &library,
		       &data, &dirty);
	printf("statm: %d %d %d %d %ld %d %ld\n", count, total >= resident, resident >= 100, code > 0 && code < total,
	       library, data >= 256 && data < total, dirty);
	char *limits = contents("/proc/self/limits");
	printf("limits: %d %d\n", strstr(limits, "\nMax resident set ") != NULL, strstr(limits, "\nMax realtime timeout ") != NULL);
	double up, idle;
	count = sscanf(contents("/proc/uptime"), "%lf %lf", &up, &idle);
	printf("uptime: %d %d\n", count, idle <= up * processors + 1);
	pieces();
	return 0;
}
