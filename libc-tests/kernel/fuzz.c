/* System calls with random and half-valid arguments, from several threads of several processes. Whatever
 * they answer, the system goes on, and no memory stays behind. CLEW_FUZZ_SEED and CLEW_FUZZ_CALLS change
 * what a run does; without them every run makes the same calls. On any other kernel than Clew it makes none:
 * they could reach other programs of the machine. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
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
static atomic_int running = THREADS;
/* What each thread called last, for who looks into a process that got stuck. */
static int *last_calls;
static _Thread_local int *last_call;
static long calls = 1500;

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

/* Calls with arguments that mostly make sense, so that they get beyond the first check. The letters: f descriptor,
 * p path, b buffer, s size, o offset, g flags, v a page that may be unmapped, w word of the arena, n small number,
 * a all bits, i a process or thread, k a key, h IPC_NOWAIT, x an attribute's name, t a kind of file system or terminal
 * call, T a terminal call with an argument, m a mount flag, c O_CREAT, F a fcntl command, u a futex command, M a
 * membarrier command, P a prctl option, S a signal that is handled, C flags of clone without shared memory,
 * z WNOHANG | WEXITED, 0 nothing. */
static const struct {
	short number;
	const char *kinds;
} sensible[] = {
	{SYS_read, "fbs"}, {SYS_write, "fbs"}, {SYS_pread64, "fbso"}, {SYS_pwrite64, "fbso"}, {SYS_readv, "fbn"},
	{SYS_writev, "fbn"}, {SYS_preadv2, "fbnoog"}, {SYS_lseek, "fon"}, {SYS_open, "pg"}, {SYS_openat, "fpgn"},
	{SYS_openat, "fpgn"}, {437 /* openat2 */, "fpb"}, {SYS_creat, "pn"}, {SYS_close, "f"}, {SYS_dup, "f"},
	{SYS_fcntl, "fnn"}, {SYS_fcntl, "fnb"}, {SYS_ioctl, "fab"}, {SYS_flock, "fn"}, {SYS_fstat, "fb"},
	{SYS_newfstatat, "fpbg"}, {SYS_statx, "fpgab"}, {SYS_stat, "pb"}, {SYS_access, "pn"}, {SYS_readlink, "pbs"},
	{SYS_getdents64, "fbs"}, {SYS_getdents, "fbs"}, {SYS_mkdir, "pn"}, {SYS_rmdir, "p"}, {SYS_unlink, "p"},
	{SYS_rename, "pp"}, {SYS_renameat2, "fpfpn"}, {SYS_link, "pp"}, {SYS_symlink, "pp"}, {SYS_mknod, "pa"},
	{SYS_chmod, "pn"}, {SYS_truncate, "po"}, {SYS_ftruncate, "fo"}, {SYS_fallocate, "fnos"}, {SYS_utimensat, "fpbg"},
	{SYS_chdir, "p"}, {SYS_getcwd, "bs"}, {SYS_statfs, "pb"}, {SYS_sendfile, "ffbs"}, {SYS_splice, "f0f0sn"},
	{SYS_tee, "ffsn"}, {SYS_vmsplice, "fbnn"}, {SYS_copy_file_range, "f0f0s0"}, {SYS_pipe2, "bg"},
	{SYS_socketpair, "nnnb"}, {SYS_socket, "nnn"}, {SYS_bind, "fbn"}, {SYS_listen, "fn"}, {SYS_connect, "fbn"},
	{SYS_accept4, "fbbg"}, {SYS_sendto, "fbsg0n"}, {SYS_recvfrom, "fbsg00"}, {SYS_sendmsg, "fbg"},
	{SYS_recvmsg, "fbg"}, {SYS_shutdown, "fn"}, {SYS_getsockopt, "fnnbb"}, {SYS_setsockopt, "fnnbn"},
	{SYS_poll, "bnn"}, {SYS_ppoll, "bnb0n"}, {SYS_select, "nbbb0"}, {SYS_epoll_ctl, "fnfb"},
	{SYS_epoll_wait, "fbnn"}, {SYS_eventfd2, "ng"}, {SYS_timerfd_create, "ng"}, {SYS_timerfd_settime, "fnb0"},
	{SYS_signalfd4, "fbng"}, {SYS_inotify_init1, "g"}, {SYS_inotify_add_watch, "fpa"}, {SYS_inotify_rm_watch, "fn"},
	{SYS_memfd_create, "pg"}, {SYS_mmap, "vsngfo"}, {SYS_mmap, "vsn\x22" "fo"}, {SYS_munmap, "vs"},
	{SYS_mprotect, "vsn"}, {SYS_mremap, "vssnv"}, {SYS_madvise, "vsn"}, {SYS_msync, "vsn"}, {SYS_mincore, "vsb"},
	{SYS_mlock, "vs"}, {SYS_munlock, "vs"}, {SYS_futex, "wnn0wn"}, {SYS_futex, "wnn\x01wn"}, {SYS_timer_create, "nbb"},
	{SYS_timer_settime, "nnb0"}, {SYS_timer_delete, "n"}, {SYS_clock_gettime, "nb"}, {SYS_clock_nanosleep, "nnb0"},
	{SYS_nanosleep, "b0"}, {SYS_sigaltstack, "bb"}, {SYS_rt_sigpending, "bn"}, {SYS_rt_sigtimedwait, "b0bn"},
	{SYS_getrusage, "nb"}, {SYS_times, "b"}, {SYS_sysinfo, "b"}, {SYS_uname, "b"}, {SYS_getgroups, "nb"},
	{SYS_getpriority, "n0"}, {SYS_sched_getaffinity, "0sb"}, {SYS_shmget, "nsn"}, {SYS_mq_open, "pgn0"},
	{SYS_mq_timedsend, "fbsn0"}, {SYS_mq_timedreceive, "fbs00"}, {SYS_mq_unlink, "p"}, {434 /* pidfd_open */, "i0"},
	{SYS_wait4, "a0\x010"}, {SYS_wait4, "a0\x010"}, {SYS_waitid, "nibz"},
	/* Between processes. */
	{SYS_shmget, "ksg"}, {SYS_shmat, "ng0"}, {SYS_shmdt, "v"}, {SYS_shmctl, "nnb"}, {SYS_semget, "kng"},
	{SYS_semop, "nbn"}, {SYS_semtimedop, "nbnb"}, {SYS_semctl, "nnnn"}, {SYS_semctl, "nnnb"}, {SYS_msgget, "kg"},
	{SYS_msgsnd, "nbsh"}, {SYS_msgrcv, "nbsnh"}, {SYS_msgctl, "nnb"}, {SYS_mq_notify, "fb"},
	{SYS_mq_getsetattr, "fbb"}, {SYS_mq_open, "pc\x3f" "b"}, {SYS_mq_timedsend, "fbsnb"},
	/* Names and what hangs on them. */
	{SYS_setxattr, "pxbsn"}, {SYS_lsetxattr, "pxbsn"}, {SYS_fsetxattr, "fxbsn"}, {SYS_getxattr, "pxbs"},
	{SYS_fgetxattr, "fxbs"}, {SYS_listxattr, "pbs"}, {SYS_removexattr, "px"}, {SYS_fremovexattr, "fx"},
	{SYS_mount, "ppt00"}, {SYS_mount, "ppt00"}, {SYS_mount, "pp0m0"}, {SYS_umount2, "pn"}, {SYS_chown, "pnn"},
	{SYS_fchownat, "fpnng"}, {SYS_fchmodat, "fpn"}, {SYS_mkdirat, "fpn"}, {SYS_unlinkat, "fpg"},
	{SYS_linkat, "fpfpg"}, {SYS_symlinkat, "pfp"}, {SYS_name_to_handle_at, "fpbbn"}, {SYS_faccessat2, "fpng"},
	{SYS_readlinkat, "fpbs"}, {SYS_fchdir, "f"}, {SYS_futimesat, "fpb"}, {SYS_close_range, "\x0c" "ng"},
	{SYS_sync_file_range, "foon"}, {SYS_fadvise64, "foon"}, {SYS_syncfs, "f"}, {SYS_fstatfs, "fb"},
	{SYS_ioctl, "ftb"}, {SYS_ioctl, "fTb"}, {SYS_fcntl, "fFn"}, {SYS_fcntl, "fFb"},
	/* Threads and what belongs to them. */
	{SYS_rseq, "w\x20" "nn"}, {SYS_membarrier, "Mn0"}, {449 /* futex_waitv */, "wnnbn"}, {SYS_futex, "wunwwn"},
	{SYS_futex, "wnnbwn"}, {SYS_set_robust_list, "w\x18"}, {SYS_get_robust_list, "ibb"},
	{SYS_sched_setaffinity, "isb"}, {SYS_setpriority, "nin"}, {SYS_getpriority, "ni"},
	{SYS_sched_setscheduler, "inb"}, {SYS_sched_getparam, "ib"}, {SYS_sched_getattr, "ibsn"},
	{SYS_sched_rr_get_interval, "ib"}, {SYS_prctl, "Pnnnn"}, {SYS_prctl, "Pb000"}, {SYS_getitimer, "nb"},
	{SYS_prlimit64, "in0b"}, {SYS_rt_sigprocmask, "nbb\x08"}, {SYS_rt_sigaction, "n0b\x08"},
	{SYS_rt_sigsuspend, "b\x08"}, {SYS_sigaltstack, "bb"}, {SYS_kill, "0S"}, {SYS_tkill, "iS"},
	{SYS_rt_sigqueueinfo, "iSb"}, {424 /* pidfd_send_signal */, "fS00"},
	{SYS_clone, "C00000"}, {SYS_clone, "C00000"}, {SYS_fork, ""}, {SYS_clone3, "bs"}, {SYS_pause, ""},
	{SYS_process_vm_readv, "ibnbn0"}, {SYS_kcmp, "iinff"}, {SYS_getcpu, "bb0"}, {SYS_mlock2, "vsn"},
	{SYS_mlockall, "n"}, {SYS_munlockall, ""}, {SYS_remap_file_pages, "vsnnn"}, {SYS_brk, "n"},
	{SYS_setresuid, "aaa"}, {SYS_getresuid, "bbb"}, {SYS_capget, "bb"}, {SYS_setgroups, "nb"},
	{SYS_timer_gettime, "nb"}, {SYS_timer_getoverrun, "n"}, {SYS_timerfd_gettime, "fb"}, {SYS_clock_getres, "nb"},
	{SYS_epoll_pwait2, "fbnb0"}, {SYS_pselect6, "nbbbbb"}, {SYS_recvmmsg, "fbngb"}, {SYS_sendmmsg, "fbng"},
	{SYS_getpeername, "fbb"}, {SYS_getsockname, "fbb"}, {SYS_pwritev2, "fbnoog"}, {SYS_umask, "n"}, {SYS_umask, "n"}, {SYS_sync, ""}, {SYS_fsync, "f"}, {SYS_getrandom, "bsn"},
};

static char *victim;

static uint64_t sensible_argument(struct source *s, char kind)
{
	static const char *const paths[] = {
		"fuzz-a", "fuzz-b", "fuzz-c", "fuzz-a/x", "fuzz-b/y", "./fuzz-c/../fuzz-a", ".", "", "/proc/self/maps",
		"/proc/self/fd/5", "/proc/self/status", "/proc/self/fd", "/dev/null", "/dev/zero", "/dev/ptmx", "/dev/tty",
		"/sys", "/nothing/there", "fuzz-a/", "/proc/self/exe/x",
		"/proc/self/stat", "/proc/self/task", "/proc/self/fdinfo/3", "/proc/mounts", "/proc/stat", "/proc/1/maps",
	};
	static const uint64_t offsets[] = {0, 1, 100, 4095, 4096, 65535, 65536, 1 << 20, -1ull, 1ull << 62};
	static const char *const attributes[] = {"user.a", "user.b", "trusted.c", "security.d", "user.", "nothing"};
	static const char *const kinds[] = {"tmpfs", "proc", "sysfs", "devpts", "ext4", ""};
	uint64_t r = draw(s);
	/* Now and then anything at all. */
	if (r % 16 == 0)
		return argument(s);
	r >>= 8;
	switch (kind) {
	case 'f':
		return r % 5 ? r % 24 : (uint64_t)AT_FDCWD;
	case 'p':
		return (uintptr_t)paths[r % (sizeof paths / sizeof *paths)];
	case 'b':
	case 'w':
		return (uintptr_t)arena + r % (ARENA - 65536) / 8 * 8;
	case 's':
		return r % 3 ? r % 300 : r % 3 * 4096;
	case 'o':
		return offsets[r % (sizeof offsets / sizeof *offsets)];
	case 'g':
		return 1ull << r % 24 | 1ull << (r >> 8) % 24 | ((r >> 16) % 3);
	case 'v':
		return (uintptr_t)victim + r % 64 * 4096;
	case 'n':
		return r % 16;
	case 'a':
		return r;
	case 'i':
		return r % 3 ? (uint64_t)(r % 3 == 1 ? getpid() : syscall(SYS_gettid)) : r % 16;
	case 'k':
		return r % 4 + 1000;
	case 'h':
		return 04000;
	case 'x':
		return (uintptr_t)attributes[r % (sizeof attributes / sizeof *attributes)];
	case 't':
		return r % 4 ? (uintptr_t)kinds[r % (sizeof kinds / sizeof *kinds)] : 0x5401 + r % 64;
	case 'T':
		return 0x5401 + r % 100;
	case 'm':
		return 1ull << r % 22 | (r >> 8) % 2 << 5;
	case 'c':
		return 0100 | r % 3 | (r >> 8) % 2 << 11;
	case 'F':
		return r % 20 + (r >> 8) % 3 * 1020;
	case 'u':
		return r % 14 | (r >> 8) % 2 << 7;
	case 'M':
		return 1ull << r % 10 >> 1;
	case 'P':
		return r % 64;
	case 'S':
		return SIGUSR1 + r % 2 * 2;
	case 'C':
		return (1ull << r % 32 & ~(uint64_t)(CLONE_VM | CLONE_THREAD | CLONE_SIGHAND | CLONE_VFORK)) | SIGCHLD;
	case 'z':
		return 5;
	case '0':
		return 0;
	default:
		return (unsigned char)kind;
	}
}

/* One call from the table above. Names that change are the test's own, and what is mapped may only be in the
 * victim's pages. */
static void call_sensibly(struct source *s)
{
	unsigned row = draw(s) % (sizeof sensible / sizeof *sensible);
	int number = sensible[row].number;
	const char *kinds = sensible[row].kinds;
	uint64_t a[6] = {0};
	for (int j = 0; kinds[j]; j++)
		a[j] = sensible_argument(s, kinds[j]);
	if (number == SYS_close)
		a[0] = 3 + a[0] % 20;
	if (number == SYS_mmap || number == SYS_munmap || number == SYS_mprotect || number == SYS_mremap ||
	    number == SYS_madvise) {
		a[0] = (uintptr_t)victim + a[0] % 64 * 4096;
		a[1] %= 16 * 4096;
		if (number == SYS_mremap) {
			a[2] %= 16 * 4096;
			a[4] = (uintptr_t)victim + a[4] % 64 * 4096;
		}
	}
	if (number == SYS_wait4)
		a[2] |= 1; /* WNOHANG */
	if (number == SYS_kill || number == SYS_tkill || number == SYS_rt_sigqueueinfo) {
		/* Nobody else. */
		a[0] = (uint64_t)(number == SYS_tkill ? syscall(SYS_gettid) : getpid());
		a[1] = a[1] % 2 ? SIGUSR1 : SIGUSR2;
	}
	if (number == SYS_rt_sigaction && a[0] < 32)
		a[1] = 0;
	if (number == SYS_clone)
		a[0] &= ~(uint64_t)(CLONE_VM | CLONE_THREAD | CLONE_SIGHAND | CLONE_VFORK | CLONE_SETTLS);
	if (number == SYS_clone3)
		/* Wrong on purpose: without its own stack a child with shared memory would run on the caller's. */
		*(uint64_t *)a[0] = CLONE_THREAD;
	/* What ends a call that blocks stays open. */
	if (number == SYS_rt_sigsuspend)
		*(uint64_t *)a[0] &= ~(1ull << (SIGALRM - 1));
	if (number == SYS_rt_sigprocmask && draw(s) % 8)
		a[1] = 0;
	if (number == SYS_pselect6)
		a[5] = 0;
	if (number == SYS_setpriority || number == SYS_prlimit64)
		a[1] = 0;
	if (number == SYS_close_range)
		a[0] = 12 + a[0] % 8;
	if (number == SYS_mlockall)
		a[0] = 1;
	for (int j = 0; j < 6; j++)
		if (j < (int)strlen(kinds) && kinds[j] == 'p' && a[j] < 4096)
			a[j] = (uintptr_t)"fuzz-d";
	*last_call = number;
	long result = syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (result == 0 && (number == SYS_clone || number == SYS_fork))
		_exit(3);
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
	last_call = &last_calls[((uintptr_t)seed - 1) % 100];
	sigset_t alarm;
	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	for (long i = 0; i < calls; i++) {
		if (draw(&s) % 2) {
			call_sensibly(&s);
			continue;
		}
		int number = draw(&s) % 460;
		if (forbidden(number))
			continue;
		uint64_t a[6];
		for (int j = 0; j < 6; j++)
			a[j] = argument(&s);
		if (i % 4 == 0)
			pthread_sigmask(SIG_UNBLOCK, &alarm, NULL);
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
		*last_call = number;
		syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	}
	*last_call = -1;
	running--;
	return NULL;
}

static void nothing(int number)
{
	(void)number;
}

static void child(int seed)
{
	pthread_t threads[THREADS];
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
	/* With room behind it for what calls map beyond its end. */
	victim = mmap(NULL, 2 * ARENA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
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
	for (long i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, fuzz, (void *)(seed * 100 + i + 1));
	/* A call that blocks ends by a signal; one that blocks them all and stops for good ends with the process. */
	while (running) {
		usleep(1000);
		for (int i = 0; i < THREADS; i++)
			pthread_kill(threads[i], SIGALRM);
	}
	_exit(0);
}

static unsigned long free_memory(void)
{
	struct sysinfo info;
	sysinfo(&info);
	return info.freeram * info.mem_unit;
}

/* Mounts what a process has for a root: a file system of its own, with which everything goes that it makes or breaks,
 * and its own /dev and /proc. */
static int furnish(const char *folder)
{
	char path[64];
	if (mount("fuzz", folder, "tmpfs", 0, "size=8m"))
		return -1;
	snprintf(path, sizeof path, "%s/dev", folder);
	if (mkdir(path, 0755) || mount("dev", path, "devtmpfs", 0, NULL))
		return -1;
	snprintf(path, sizeof path, "%s/proc", folder);
	return mkdir(path, 0755) || mount("proc", path, "proc", 0, NULL);
}

/* Objects that outlive their makers. */
static void remove_ipc(void)
{
	for (int key = 1000; key < 1004; key++) {
		int id;
		if ((id = shmget(key, 0, 0)) >= 0)
			shmctl(id, IPC_RMID, NULL);
		if ((id = semget(key, 0, 0)) >= 0)
			semctl(id, 0, IPC_RMID);
		if ((id = msgget(key, 0)) >= 0)
			msgctl(id, IPC_RMID, NULL);
	}
	mq_unlink("/fuzz-a");
	mq_unlink("/fuzz-b");
	mq_unlink("/fuzz-c");
}

int main(void)
{
	const char *text = getenv("CLEW_FUZZ_SEED");
	int seed = text ? atoi(text) : 1;
	int processes = PROCESSES, stuck = 0;
	unsigned long before = 0, after;
	struct utsname system;
	uname(&system);
	if (!strstr(system.release, "clew")) {
		puts("alive");
		return 0;
	}
	if (getenv("CLEW_FUZZ_CALLS"))
		calls = atol(getenv("CLEW_FUZZ_CALLS"));
	if (getenv("CLEW_FUZZ_PROCESSES"))
		processes = atoi(getenv("CLEW_FUZZ_PROCESSES"));
	last_calls = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (int i = 0; i < processes; i++) {
		pid_t pid;
		int status = 0, ms;
		char folder[] = "/tmp/fuzz-XXXXXX";
		if (!mkdtemp(folder) || furnish(folder)) {
			perror(folder);
			return 1;
		}
		fflush(stdout);
		pid = fork();
		if (pid == 0) {
			setsid();
			if (chroot(folder) || chdir("/")) {
				perror("chroot");
				kill(getppid(), SIGKILL);
			}
			child(seed + i);
		}
		for (ms = 0; ms < 3000 && waitpid(pid, &status, WNOHANG) == 0; ms += 5)
			usleep(5000);
		kill(-pid, SIGKILL);
		if (ms >= 3000) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			stuck++;
			for (int thread = 0; getenv("CLEW_FUZZ_ALONE") && thread < THREADS; thread++)
				printf("seed %d, thread %d, call %d\n", seed + i, thread, last_calls[thread]);
		}
		/* What it mounted on that goes with it. */
		for (int depth = 0; depth < 100 && umount2(folder, MNT_DETACH) == 0; depth++)
			;
		rmdir(folder);
		remove_ipc();
		/* The first process warms caches up. */
		if (i == 0)
			before = free_memory();
	}
	after = free_memory();
	if (getenv("CLEW_FUZZ_ALONE"))
		printf("free before %lu after %lu, %d of %d were ended\n", before >> 10, after >> 10, stuck, processes);
	if (after + (2 << 20) < before)
		printf("%lu KiB stayed behind\n", (before - after) >> 10);
	puts("alive");
	return 0;
}
