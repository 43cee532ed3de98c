/* prctl(2): what a process says about itself, and names of threads and of memory in /proc. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef PR_SVE_GET_VL
#define PR_SVE_GET_VL 51
#endif
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif

static const char *word(long result)
{
	static char text[4][24];
	static int at;
	char *to = text[at++ % 4];
	if (result != -1)
		snprintf(to, 24, "%ld", result);
	else
		snprintf(to, 24, "%s", errno == EINVAL ? "EINVAL" : errno == EPERM ? "EPERM" : errno == EFAULT ? "EFAULT" :
			 errno == EBADF ? "EBADF" : errno == ENOMEM ? "ENOMEM" : errno == ESRCH ? "ESRCH" :
			 errno == ENODEV ? "ENODEV" : errno == EACCES ? "EACCES" : "other");
	return to;
}

/* Every option with arguments that only its manual page tells apart. */
static const struct {
	const char *name;
	int option;
	unsigned long a[4];
} asked[] = {
#define O(option, ...) { #option " " #__VA_ARGS__, option, { __VA_ARGS__ } }
	O(PR_SET_PDEATHSIG, 65), O(PR_SET_PDEATHSIG, -1), O(PR_SET_PDEATHSIG, 64), O(PR_SET_PDEATHSIG, 0),
	O(PR_GET_PDEATHSIG, 1), O(PR_SET_DUMPABLE, 2), O(PR_SET_DUMPABLE, -1), O(PR_SET_DUMPABLE, 0), O(PR_GET_DUMPABLE, 0),
	O(PR_SET_DUMPABLE, 1), O(PR_GET_DUMPABLE, 7, 7), O(PR_SET_NAME, 1), O(PR_GET_NAME, 1),
	O(PR_GET_KEEPCAPS, 0), O(PR_SET_KEEPCAPS, 2), O(PR_SET_KEEPCAPS, 1), O(PR_GET_KEEPCAPS, 0), O(PR_GET_SECUREBITS, 0),
	O(PR_SET_KEEPCAPS, 0), O(PR_GET_KEEPCAPS, 5), O(PR_SET_SECUREBITS, 0), O(PR_SET_SECUREBITS, 16),
	O(PR_CAPBSET_READ, 0), O(PR_CAPBSET_READ, 64), O(PR_CAPBSET_READ, -1), O(PR_CAPBSET_DROP, 0), O(PR_CAPBSET_DROP, 64),
	O(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, 0, 0, 0), O(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, 64, 0, 0),
	O(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, 0, 1, 0), O(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 0, 0, 0),
	O(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, 0, 0, 0), O(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0),
	O(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 1, 0, 0), O(PR_CAP_AMBIENT, 9, 0, 0, 0), O(PR_CAP_AMBIENT, 0, 0, 0, 0),
	O(PR_GET_TIMERSLACK, 0), O(PR_SET_TIMERSLACK, 77), O(PR_GET_TIMERSLACK, 0), O(PR_SET_TIMERSLACK, 0), O(PR_GET_TIMERSLACK, 0),
	O(PR_GET_TIMING, 0), O(PR_SET_TIMING, 0), O(PR_SET_TIMING, 1), O(PR_GET_TSC, 1), O(PR_SET_TSC, 0), O(PR_SET_TSC, 1),
	O(PR_SET_TSC, 3), O(PR_GET_UNALIGN, 0), O(PR_SET_UNALIGN, 0), O(PR_GET_FPEMU, 0), O(PR_SET_FPEMU, 0), O(PR_GET_FPEXC, 0),
	O(PR_SET_FPEXC, 0), O(PR_GET_ENDIAN, 0), O(PR_SET_ENDIAN, 0), O(PR_SET_SECCOMP, 0), O(PR_SET_SECCOMP, 9),
	O(PR_MCE_KILL_GET, 0, 0, 0, 0), O(PR_MCE_KILL_GET, 1, 0, 0, 0), O(PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_EARLY, 0, 0),
	O(PR_MCE_KILL_GET, 0, 0, 0, 0), O(PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_LATE, 0, 0), O(PR_MCE_KILL_GET, 0, 0, 0, 0),
	O(PR_MCE_KILL, PR_MCE_KILL_SET, 3, 0, 0), O(PR_MCE_KILL, PR_MCE_KILL_SET, 1, 1, 0), O(PR_MCE_KILL, 2, 0, 0, 0),
	O(PR_MCE_KILL, PR_MCE_KILL_CLEAR, 1, 0, 0), O(PR_MCE_KILL, PR_MCE_KILL_CLEAR, 0, 0, 0), O(PR_MCE_KILL_GET, 0, 0, 0, 0),
	O(PR_GET_CHILD_SUBREAPER, 1), O(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0), O(PR_SET_NO_NEW_PRIVS, 2, 0, 0, 0),
	O(PR_SET_NO_NEW_PRIVS, 1, 1, 0, 0), O(PR_GET_NO_NEW_PRIVS, 1, 0, 0, 0), O(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0),
	O(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), O(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), O(PR_GET_TID_ADDRESS, 1),
	O(PR_GET_THP_DISABLE, 0, 0, 0, 0), O(PR_SET_THP_DISABLE, 1, 0, 0, 0), O(PR_GET_THP_DISABLE, 0, 0, 0, 0),
	O(PR_SET_THP_DISABLE, 0, 0, 0, 0), O(PR_SET_THP_DISABLE, 0, 0, 1, 0), O(PR_GET_THP_DISABLE, 1, 0, 0, 0),
	O(PR_SET_IO_FLUSHER, 1, 0, 0, 0), O(PR_GET_IO_FLUSHER, 0, 0, 0, 0), O(PR_GET_SPECULATION_CTRL, 0, 1, 0, 0),
	O(PR_GET_SPECULATION_CTRL, 99, 0, 0, 0), O(PR_SET_SPECULATION_CTRL, 99, 0, 0, 0), O(PR_SET_SPECULATION_CTRL, 0, 0, 1, 0),
	O(PR_MPX_ENABLE_MANAGEMENT, 0, 0, 0, 0), O(PR_SET_FP_MODE, 0), O(PR_SVE_GET_VL, 0), { "0", 0, { 0 } }, { "-1", -1, { 0 } },
	{ "9999", 9999, { 0 } },
};

static void options(void)
{
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		const unsigned long *a = asked[i].a;
		printf("%s: %s\n", asked[i].name, word(syscall(SYS_prctl, asked[i].option, a[0], a[1], a[2], a[3])));
	}
	int number = -1;
	prctl(PR_SET_CHILD_SUBREAPER, 7);
	prctl(PR_GET_CHILD_SUBREAPER, &number);
	printf("subreaper %d\n", number);
	prctl(PR_SET_PDEATHSIG, 5);
	prctl(PR_GET_PDEATHSIG, &number);
	printf("death signal %d\n", number);
	prctl(PR_GET_TSC, &number);
	printf("time-stamp counter %d\n", number);
	int *address = NULL, cleared = 0;
	syscall(SYS_set_tid_address, &cleared);
	prctl(PR_GET_TID_ADDRESS, &address);
	printf("address %d\n", address == &cleared);
}

static int inherited(void *stack)
{
	(void)stack;
	printf("child: slack %d, memory failure %d, no huge pages %d, dumpable %d, no new privileges %d\n",
	       prctl(PR_GET_TIMERSLACK), prctl(PR_MCE_KILL_GET, 0, 0, 0, 0), prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0),
	       prctl(PR_GET_DUMPABLE), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	prctl(PR_SET_TIMERSLACK, 5);
	prctl(PR_SET_TIMERSLACK, 0);
	printf("child: slack %d again\n", prctl(PR_GET_TIMERSLACK));
	return 0;
}

static void children(void)
{
	prctl(PR_SET_TIMERSLACK, 123456);
	prctl(PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_EARLY, 0, 0);
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		inherited(NULL);
		fflush(stdout);
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC);
	printf("write %s: %s\n", text, word(fd < 0 ? fd : write(fd, text, strlen(text))));
	close(fd);
}

static void show(const char *what, const char *path)
{
	char text[64] = "";
	int fd = open(path, O_RDONLY);
	ssize_t count = read(fd, text, sizeof text - 1);
	printf("%s: %zd %s", what, count, text);
	close(fd);
}

static pthread_barrier_t met;
static char path[64];

static void *other(void *unused)
{
	snprintf(path, sizeof path, "/proc/self/task/%d/comm", (int)gettid());
	pthread_barrier_wait(&met);
	pthread_barrier_wait(&met);
	char name[16];
	prctl(PR_GET_NAME, name);
	printf("other sees %s\n", name);
	return unused;
}

static void names(void)
{
	pthread_t thread;
	char name[32];
	prctl(PR_SET_NAME, "main one");
	pthread_barrier_init(&met, NULL, 2);
	pthread_create(&thread, NULL, other, NULL);
	pthread_barrier_wait(&met);
	show("inherited", path);
	put(path, "other one");
	show("other", path);
	show("main", "/proc/self/comm");
	put(path, "longer than fifteen characters");
	show("cut", path);
	put("/proc/self/comm", "main two");
	show("thread-self", "/proc/thread-self/comm");
	printf("pthread_setname_np %d", pthread_setname_np(thread, "by number"));
	printf(" %d", pthread_setname_np(thread, "longer than fifteen characters") == ERANGE);
	printf(" %d %s\n", pthread_getname_np(thread, name, sizeof name), name);
	int fd = open("/proc/self/comm", O_WRONLY);
	printf("bad address: %s", word(write(fd, (void *)1, 4)));
	printf(", nothing: %s\n", word(write(fd, "", 0)));
	close(fd);
	snprintf(name, sizeof name, "/proc/%d/comm", (int)getppid());
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		snprintf(path, sizeof path, "/proc/%d/comm", (int)getppid());
		put(path, "by a child");
		fflush(stdout);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	show("after the child", "/proc/self/comm");
	pthread_barrier_wait(&met);
	pthread_join(thread, NULL);
}

/* The name of the mapping at an address. */
static const char *mapping(void *at)
{
	static char line[256], name[128];
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long start, end;
	*name = 0;
	while (fgets(line, sizeof line, maps))
		if (sscanf(line, "%lx-%lx %*s %*s %*s %*s %127[^\n]", &start, &end, name) >= 2 && start <= (unsigned long)at &&
		    (unsigned long)at < end)
			break;
		else
			*name = 0;
	fclose(maps);
	return name;
}

static const char *set_name(void *at, size_t length, const void *name)
{
	return word(prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, at, length, name));
}

static void memory_names(void)
{
	char *memory = mmap(NULL, 5 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char text[100];
	memset(text, 'x', sizeof text);
	text[99] = 0;
	if (prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, memory, 4096, "probe") == -1 && errno == EINVAL) {
		/* A kernel without names of memory: as it would be with them. */
		static const char *const as[] = { "0 EINVAL EINVAL EINVAL EFAULT 0 ENOMEM", "[anon:second] [anon:two words]", "|[anon:two words]" };
		printf("%s\n%s\n%s\n", as[0], as[1], as[2]);
		return;
	}
	printf("%s", set_name(memory + 4096, 4096, "second"));
	printf(" %s", set_name(memory + 1, 4096, "x"));
	printf(" %s", set_name(memory, 4096, "a[b"));
	printf(" %s", set_name(memory, 4096, text));
	printf(" %s", set_name(memory, 4096, (void *)1));
	printf(" %s", set_name(memory + 2 * 4096, 100, "two words"));
	munmap(memory + 4 * 4096, 4096);
	printf(" %s\n", set_name(memory + 3 * 4096, 2 * 4096, "two words"));
	printf("%s", mapping(memory + 4096));
	printf(" %s\n", mapping(memory + 3 * 4096));
	set_name(memory + 4096, 4096, NULL);
	printf("%s|", mapping(memory + 4096));
	printf("%s\n", mapping(memory + 2 * 4096));
}

int main(void)
{
	if (getuid() == 0) {
		/* What follows is for everybody. */
		if (setgroups(0, NULL) || setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
			perror("setresuid");
		prctl(PR_SET_DUMPABLE, 1);
	}
	prctl(PR_SET_TIMERSLACK, 50000);
	memory_names();
	names();
	options();
	children();
	return 0;
}
