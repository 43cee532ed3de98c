/* System calls with odd arguments. A test has a table of calls; each is made in a process of its own, with
 * every one of its lists of arguments, and what it answers is printed. Arguments are numbers or names, and
 * sums of them; lists are separated by a bar. Nothing here is privileged: who runs it as root is nobody. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096l
#define BUFFER (16 * PAGE)

struct call {
	const char *name;
	long number;
	/* Whether the answer itself is printed, not only that there was no error. */
	int exact;
	const char *arguments;
};
#define CALL(call, arguments) { #call, SYS_##call, 0, arguments }
#define VALUE(call, arguments) { #call, SYS_##call, 1, arguments }

/* The value of the word for the number of the process that makes the call. */
#define SELF 0x5e1f5e1f5e1fl

struct word {
	const char *name;
	long value;
};

static struct word words[400];
static int word_count;

static void word(const char *name, long value)
{
	words[word_count++] = (struct word){ name, value };
}

static long value_of(char *sum)
{
	long value = 0;
	char *rest;
	for (char *part = strtok_r(sum, "+", &rest); part; part = strtok_r(NULL, "+", &rest)) {
		char *end;
		long number = strtol(part, &end, 0);
		int index = 0;
		if (!*end) {
			value += number;
			continue;
		}
		while (index < word_count && strcmp(words[index].name, part))
			index++;
		if (index == word_count) {
			printf("unknown word %s\n", part);
			exit(1);
		}
		value += words[index].value;
	}
	return value;
}

/* Straight to the kernel: the library's function may look at the arguments. */
static long make(long number, const long *a)
{
	register long fourth __asm__("r10") = a[3], fifth __asm__("r8") = a[4], sixth __asm__("r9") = a[5];
	long result;
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(fourth), "r"(fifth), "r"(sixth)
			 : "rcx", "r11", "memory");
	return result;
}

static const char *error_name(long number)
{
#define E(name) case name: return #name
	switch (number) {
	E(EPERM); E(ENOENT); E(ESRCH); E(EINTR); E(EIO); E(ENXIO); E(E2BIG); E(ENOEXEC); E(EBADF); E(ECHILD);
	E(EAGAIN); E(ENOMEM); E(EACCES); E(EFAULT); E(EBUSY); E(EEXIST); E(ENODEV); E(ENOTDIR); E(EISDIR);
	E(EINVAL); E(ENFILE); E(EMFILE); E(ENOTTY); E(ETXTBSY); E(EFBIG); E(ENOSPC); E(ESPIPE); E(EROFS);
	E(EPIPE); E(EDOM); E(ERANGE); E(EDEADLK); E(ENAMETOOLONG); E(ENOSYS); E(ELOOP); E(EOVERFLOW);
	E(ETIMEDOUT); E(EOPNOTSUPP); E(ENOTSOCK); E(ESTALE);
	}
#undef E
	static char other[24];
	snprintf(other, sizeof other, "errno %ld", number);
	return other;
}

struct answer {
	volatile int done;
	volatile long value;
};

static struct answer *answer;

/* Called in the process that makes the call, before it does. */
static void (*prepare)(void);

/* Makes the call in a child, which a second ends if it waits without end. */
static void one(const struct call *call, const char *list)
{
	char copy[256], *rest;
	long arguments[6] = { 0 };
	int count = 0, status;
	snprintf(copy, sizeof copy, "%s", list);
	for (char *sum = strtok_r(copy, " \t\n", &rest); sum; sum = strtok_r(NULL, " \t\n", &rest))
		arguments[count++] = value_of(sum);
	while (*list == ' ')
		list++;
	int length = strlen(list);
	while (length && list[length - 1] == ' ')
		length--;
	answer->done = 0;
	fflush(stdout);
	pid_t child = fork();
	if (child < 0) {
		perror("fork");
		exit(1);
	}
	if (!child) {
		if (prepare)
			prepare();
		struct sigaction ends = { .sa_handler = SIG_DFL };
		struct itimerval second = { .it_value.tv_sec = 1 };
		sigaction(SIGALRM, &ends, NULL);
		setitimer(ITIMER_REAL, &second, NULL);
		pid_t own = getpid();
		for (int i = 0; i < 6; i++)
			if (arguments[i] == SELF)
				arguments[i] = own;
		long result = make(call->number, arguments);
		/* What the call made has nothing to say. */
		if (getpid() != own)
			_exit(0);
		answer->value = result;
		answer->done = 1;
		_exit(0);
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	printf("%s(%.*s) ", call->name, length, list);
	if (!answer->done && WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		printf("waits\n");
	else if (!answer->done && WIFSIGNALED(status))
		printf("signal %d\n", WTERMSIG(status));
	else if (!answer->done)
		printf("status %d\n", WEXITSTATUS(status));
	else if (answer->value < 0 && answer->value > -4096)
		printf("%s\n", error_name(-answer->value));
	else if (call->exact)
		printf("= %ld\n", answer->value);
	else
		printf("ok\n");
}

static void limit(int resource, rlim_t soft, rlim_t hard)
{
	struct rlimit both = { soft, hard };
	if (setrlimit(resource, &both))
		perror("setrlimit");
}

/* The words that every table may use, and the rights and limits that all have. */
static void common(void)
{
	answer = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char *area = mmap(NULL, 64 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mprotect(area + 16 * PAGE, BUFFER, PROT_READ | PROT_WRITE);
	munmap(area + 16 * PAGE + BUFFER, PAGE);
	mprotect(area + 40 * PAGE, PAGE, PROT_READ);
	munmap(area + 50 * PAGE, 4 * PAGE);
	word("buf", (long)area + 16 * PAGE);
	word("end", (long)area + 16 * PAGE + BUFFER);
	word("ro", (long)area + 40 * PAGE);
	word("none", (long)area);
	word("gone", (long)area + 50 * PAGE);
	word("kernel", (long)0xffff800000000000);
	word("top", 0x7ffffffff000);
	word("page", PAGE);
	word("MAX", 0x7fffffffffffffff);
	word("MIN", (long)0x8000000000000000);
	word("IMAX", 0x7fffffff);
	word("IMIN", -0x80000000l);
	word("UMAX", 0xffffffff);
	word("HIGH", 1l << 32);
	word("closed", 999);
	static const char zeros[3 * PAGE];
	int file = open("calls-file", O_RDWR | O_CREAT | O_TRUNC, 0666);
	if (file < 0 || write(file, zeros, sizeof zeros) != sizeof zeros)
		perror("calls-file");
	word("file", file);
	word("rfile", open("calls-file", O_RDONLY));
	word("wfile", open("calls-file", O_WRONLY));
	word("path", open("calls-file", O_PATH));
	word("dir", open(".", O_RDONLY | O_DIRECTORY));
	word("zero", open("/dev/zero", O_RDWR));
	word("null", open("/dev/null", O_RDWR));
	int ends[2];
	if (pipe(ends))
		perror("pipe");
	word("rpipe", ends[0]);
	word("wpipe", ends[1]);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		perror("socketpair");
	word("sock", ends[0]);
	if (getuid() == 0) {
		if (setgroups(0, NULL) || setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
			perror("setresuid");
	}
	limit(RLIMIT_MEMLOCK, 16 * PAGE, 16 * PAGE);
	limit(RLIMIT_NICE, 0, 0);
	limit(RLIMIT_RTPRIO, 0, 0);
	limit(RLIMIT_CORE, 0, 0);
}

static void calls(const struct call *table, int count)
{
	for (; count--; table++) {
		const char *list = table->arguments;
		char part[256];
		while (list) {
			const char *bar = strchr(list, '|');
			int length = bar ? (int)(bar - list) : (int)strlen(list);
			snprintf(part, sizeof part, "%.*s", length, list);
			one(table, part);
			list = bar ? bar + 1 : NULL;
		}
	}
}
