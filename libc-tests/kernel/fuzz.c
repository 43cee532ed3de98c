/* System calls with random and half-valid arguments, from several threads of several processes. Whatever
 * they answer, the system goes on, and no memory stays behind. CLEW_FUZZ_SEED and CLEW_FUZZ_CALLS change
 * what a run does; without them every run makes the same calls. On any other kernel than Clew it makes none:
 * they could reach other programs of the machine. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROCESSES 4
#define THREADS 3
#define ARENA (64 * 4096)

/* Not called: they end, replace or multiply the caller, sleep without end, or reach beyond it. */
static const short never[] = {
	SYS_exit, SYS_exit_group, SYS_execve, SYS_execveat, SYS_fork, SYS_vfork, SYS_clone, 435 /* clone3 */,
	SYS_rt_sigreturn, SYS_reboot, SYS_kill, SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo,
	SYS_rt_tgsigqueueinfo, 424 /* pidfd_send_signal */, SYS_pause, SYS_rt_sigsuspend, SYS_settimeofday,
	SYS_clock_settime, SYS_adjtimex, SYS_clock_adjtime, SYS_sethostname, SYS_setdomainname, SYS_mount,
	SYS_umount2, SYS_chroot, SYS_pivot_root, SYS_swapon, SYS_swapoff, SYS_vhangup, SYS_acct, SYS_unlink,
	SYS_unlinkat, SYS_rmdir, SYS_rename, SYS_renameat, SYS_renameat2, SYS_truncate, SYS_chmod, SYS_fchmodat,
	SYS_chown, SYS_lchown, SYS_fchownat, SYS_setrlimit, SYS_prlimit64, SYS_ptrace, SYS_setpgid, SYS_setsid,
	SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_alarm, SYS_setitimer, SYS_arch_prctl, SYS_bpf,
	SYS_perf_event_open, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load,
	SYS_kexec_file_load, SYS_iopl, SYS_ioperm, SYS_modify_ldt, SYS_seccomp, SYS_setpriority,
	SYS_sched_setscheduler, SYS_sched_setparam, SYS_sched_setattr, SYS_process_vm_writev, SYS_unshare,
	SYS_setns, SYS_io_setup, SYS_userfaultfd, SYS_shmget, SYS_semget, SYS_msgget, SYS_mq_open, SYS_add_key,
	SYS_keyctl, SYS_request_key, SYS_syslog, SYS_quotactl, SYS_personality, SYS_prctl, SYS_link, SYS_linkat,
	SYS_symlink, SYS_symlinkat, SYS_mknod, SYS_mknodat, SYS_mkdir, SYS_mkdirat, SYS_creat, SYS_wait4,
	SYS_waitid, SYS_setxattr, SYS_fanotify_init, 425, 426, 427 /* io_uring */, 428, 429, 430, 431, 432, 433,
	442, 443, 444, 446, 448, SYS_set_robust_list, SYS_set_tid_address, SYS_membarrier, SYS_setuid,
	SYS_setgid, SYS_setreuid, SYS_setregid, SYS_setresuid, SYS_setresgid, SYS_setgroups, SYS_setfsuid,
	SYS_setfsgid, SYS_capset, SYS_rseq, SYS_munmap, SYS_mprotect, SYS_brk, SYS_mremap,
	SYS_sched_setaffinity, SYS_ioprio_set, SYS_migrate_pages, SYS_move_pages, 438 /* pidfd_getfd */,
	440 /* process_madvise */,
};

static char *arena;
static long calls = 3000;

struct source {
	uint64_t state;
};

static uint64_t draw(struct source *s)
{
	/* xorshift64* */
	s->state ^= s->state >> 12;
	s->state ^= s->state << 25;
	s->state ^= s->state >> 27;
	return s->state * 2685821657736338717ull;
}

static uint64_t argument(struct source *s)
{
	static const uint64_t edges[] = {0, 1, 2, 7, 8, 4095, 4096, 0x7fffffff, 0x80000000, 0xffffffff, 0x7ffffffff000,
					 0x7fffffffffff, 0x800000000000, 0xffffffff80000000, 0x7fffffffffffffff,
					 0x8000000000000000, -1ull, -4096ull, -100ull};
	uint64_t r = draw(s);
	switch (r % 8) {
	case 0:
		return edges[(r >> 8) % (sizeof edges / sizeof *edges)];
	case 1:
		return (r >> 8) % 24; /* descriptors, small numbers */
	case 2:
	case 3:
		return (uintptr_t)arena + (r >> 8) % ARENA;
	case 4:
		return (uintptr_t)arena + ((r >> 8) % 64) * 4096;
	case 5:
		return 1ull << (r >> 8) % 64;
	case 6:
		return (r >> 8) % 8192;
	default:
		return r >> (r >> 8) % 64;
	}
}

static int forbidden(int number)
{
	for (unsigned i = 0; i < sizeof never / sizeof *never; i++)
		if (never[i] == number)
			return 1;
	return 0;
}

static void *fuzz(void *seed)
{
	struct source s = {(uintptr_t)seed * 0x9e3779b97f4a7c15ull + 1};
	for (long i = 0; i < calls; i++) {
		int number = draw(&s) % 460;
		if (forbidden(number))
			continue;
		uint64_t a[6];
		for (int j = 0; j < 6; j++)
			a[j] = argument(&s);
		if (number == SYS_mmap) {
			/* Not over the program itself. */
			a[0] = (uintptr_t)arena;
			a[1] = 4096;
			a[3] = (a[3] & ~(uint64_t)MAP_FIXED) | MAP_PRIVATE | MAP_ANONYMOUS;
		}
		if (number == SYS_close || number == SYS_dup2 || number == SYS_dup3)
			a[number == SYS_close ? 0 : 1] = 3 + a[0] % 20;
		if (number == 436 /* close_range */)
			a[0] = 3 + a[0] % 20;
		if (i % 16 == 0)
			for (int j = 0; j < 64; j++)
				((uint64_t *)arena)[draw(&s) % (ARENA / 8)] = argument(&s);
		syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	}
	return NULL;
}

static void nothing(int number)
{
	(void)number;
}

static void child(int seed)
{
	pthread_t threads[THREADS];
	struct itimerval tick = {{0, 2000}, {0, 2000}};
	struct rlimit limit = {1 << 28, 1 << 28};
	struct sigaction action;
	int pair[2];
	memset(&action, 0, sizeof action);
	action.sa_handler = nothing;
	for (int signal = 1; signal < 32; signal++)
		if (signal != SIGSEGV && signal != SIGBUS && signal != SIGKILL && signal != SIGSTOP)
			sigaction(signal, &action, NULL);
	setrlimit(RLIMIT_AS, &limit);
	limit.rlim_cur = limit.rlim_max = 1 << 16;
	setrlimit(RLIMIT_FSIZE, &limit);
	arena = mmap(NULL, ARENA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int null = open("/dev/null", O_RDWR);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	pipe(pair);
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	open("/dev/zero", O_RDWR);
	syscall(SYS_memfd_create, "fuzz", 0);
	syscall(SYS_epoll_create1, 0);
	syscall(SYS_eventfd2, 3, 0);
	/* Calls that block are ended by the tick. */
	setitimer(ITIMER_REAL, &tick, NULL);
	for (long i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, fuzz, (void *)(seed * 100 + i + 1));
	/* A call may stop a thread for good (it closed what it waits on): the parent looks at the time. */
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	_exit(0);
}

static unsigned long free_memory(void)
{
	struct sysinfo info;
	sysinfo(&info);
	return info.freeram * info.mem_unit;
}

int main(void)
{
	const char *text = getenv("CLEW_FUZZ_SEED");
	int seed = text ? atoi(text) : 1;
	unsigned long before = 0, after;
	struct utsname system;
	uname(&system);
	if (!strstr(system.release, "clew")) {
		puts("alive");
		return 0;
	}
	if (getenv("CLEW_FUZZ_CALLS"))
		calls = atol(getenv("CLEW_FUZZ_CALLS"));
	for (int i = 0; i < PROCESSES; i++) {
		pid_t pid;
		int status, ms;
		fflush(stdout);
		pid = fork();
		if (pid == 0) {
			setsid();
			child(seed + i);
		}
		for (ms = 0; ms < 2000 && waitpid(pid, &status, WNOHANG) == 0; ms += 10)
			usleep(10000);
		if (ms >= 2000) {
			kill(-pid, SIGKILL);
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
		}
		/* The first process warms caches up. */
		if (i == 0)
			before = free_memory();
	}
	after = free_memory();
	/* Files that the calls made may stay; a leak of each process would be more. */
	if (getenv("CLEW_FUZZ_ALONE"))
		printf("free before %lu after %lu\n", before >> 10, after >> 10);
	if (after + (4 << 20) < before)
		printf("%lu KiB stayed behind\n", (before - after) >> 10);
	puts("alive");
	return 0;
}
