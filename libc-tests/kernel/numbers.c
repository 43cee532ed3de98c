/* What calls make of numbers that are no process's or no running thread's: other threads', zombies', first threads' that have ended. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void show(const char *what, long answer)
{
	printf("  %s: %ld%s%s\n", what, answer, answer < 0 ? " " : "", answer < 0 ? strerror(errno) : "");
}

static volatile pid_t tid;
static int gate[2];

static void *waiting(void *argument)
{
	char byte;
	tid = syscall(SYS_gettid);
	read(gate[0], &byte, 1);
	return argument;
}

static void ask(const char *what, pid_t id)
{
	struct rlimit limit;
	struct timespec time;
	siginfo_t info = { .si_code = SI_QUEUE };
	unsigned long processors = 0;
	char byte, here;
	struct iovec local = { &here, 1 }, remote = { &byte, 1 };
	printf("%s\n", what);
	show("kill", kill(id, 0));
	show("tkill", syscall(SYS_tkill, id, 0));
	show("tkill SIGCONT", syscall(SYS_tkill, id, SIGCONT));
	show("tgkill", syscall(SYS_tgkill, id, id, SIGCONT));
	show("rt_sigqueueinfo", syscall(SYS_rt_sigqueueinfo, id, SIGCONT, &info));
	show("rt_tgsigqueueinfo", syscall(SYS_rt_tgsigqueueinfo, id, id, SIGCONT, &info));
	show("getpgid", getpgid(id) < 0 ? -1 : getpgid(id) == getpgrp());
	show("getsid", getsid(id) < 0 ? -1 : getsid(id) == getsid(0));
	show("setpgid", setpgid(id, getpgrp()));
	show("prlimit", prlimit(id, RLIMIT_NOFILE, NULL, &limit));
	show("setpriority", setpriority(PRIO_PROCESS, id, 3));
	show("getpriority", getpriority(PRIO_PROCESS, id));
	show("sched_getscheduler", syscall(SYS_sched_getscheduler, id));
	show("sched_getaffinity", syscall(SYS_sched_getaffinity, id, sizeof processors, &processors) > 0);
	show("sched_setaffinity", syscall(SYS_sched_setaffinity, id, sizeof processors, &processors));
	show("clock_gettime", clock_gettime(~(clockid_t)id << 3 | 2, &time));
	show("kcmp", syscall(SYS_kcmp, id, id, 1, 0, 0));
	if (tid != id)
		show("process_vm_readv", syscall(SYS_process_vm_readv, id, &local, 1, &remote, 1, 0));
}

int main(void)
{
	assert(pipe(gate) == 0);
	pthread_t other;
	assert(!pthread_create(&other, NULL, waiting, NULL));
	while (tid == 0)
		sched_yield();
	ask("another thread", tid);
	write(gate[1], "", 1);
	pthread_join(other, NULL);
	tid = 0;

	/* Cleared in its exit. */
	int *first = mmap(NULL, sizeof *first, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	*first = 1;
	pid_t child = fork();
	if (child == 0) {
		assert(!pthread_create(&other, NULL, waiting, NULL));
		syscall(SYS_set_tid_address, first);
		syscall(SYS_exit, 0);
	}
	while (*(volatile int *)first)
		sched_yield();
	/* It gives its memory up a little later. */
	char byte, here;
	struct iovec local = { &here, 1 }, remote = { &byte, 1 };
	for (int i = 0; i < 1000 && syscall(SYS_process_vm_readv, child, &local, 1, &remote, 1, 0) == 1; i++)
		usleep(1000);
	ask("a first thread that has ended", child);
	kill(child, SIGKILL);
	assert(waitpid(child, NULL, 0) == child);

	child = fork();
	if (child == 0)
		_exit(0);
	siginfo_t info;
	assert(waitid(P_PID, child, &info, WEXITED | WNOWAIT) == 0);
	ask("a zombie", child);
	struct rlimit limit, few;
	getrlimit(RLIMIT_SIGPENDING, &limit);
	few = (struct rlimit){ 20, limit.rlim_max };
	setrlimit(RLIMIT_SIGPENDING, &few);
	int refused = 0;
	for (int i = 0; i < 100; i++)
		refused += sigqueue(child, SIGRTMIN + 1, (union sigval){ 0 }) < 0;
	setrlimit(RLIMIT_SIGPENDING, &limit);
	show("signals refused", refused);
	assert(waitpid(child, NULL, 0) == child);
	ask("nobody", child);
	return 0;
}
