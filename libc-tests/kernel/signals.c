/* Signals: handlers, masks, siginfo, restarts, alternate stacks, changed registers. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static volatile sig_atomic_t seen;
static volatile int order[8], count;
static volatile int code;
static void *volatile address;

static void note(int number)
{
	seen = number;
	if (count < 8)
		order[count++] = number;
}

static void on_fault(int number, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	seen = number;
	code = info->si_code;
	address = info->si_addr;
	/* Step over the two-byte instruction that the test made fault. */
	uc->uc_mcontext.gregs[REG_RIP] += 2;
	uc->uc_mcontext.gregs[REG_RAX] = 4711;
}

static char *volatile stack_seen;

static void on_stack(int number)
{
	char here;
	(void)number;
	stack_seen = &here;
}

static void smash_vectors(int number)
{
	(void)number;
	__asm__ volatile("pxor %%xmm0, %%xmm0; pxor %%xmm7, %%xmm7" ::: "xmm0", "xmm7");
}

int main(void)
{
	struct sigaction action;
	memset(&action, 0, sizeof action);
	action.sa_handler = note;
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGUSR2, &action, NULL);
	raise(SIGUSR1);
	printf("raise: %d\n", seen == SIGUSR1);

	sigset_t set, old, pending;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, &old);
	seen = 0;
	count = 0;
	kill(getpid(), SIGUSR2);
	kill(getpid(), SIGUSR1);
	kill(getpid(), SIGUSR1);
	sigpending(&pending);
	printf("blocked: seen %d pending %d %d\n", (int)seen, sigismember(&pending, SIGUSR1),
	       sigismember(&pending, SIGUSR2));
	sigprocmask(SIG_SETMASK, &old, NULL);
	printf("unblocked: %d signals\n", count);

	/* Real-time signals queue, lowest number first. */
	action.sa_handler = note;
	sigaction(SIGRTMIN + 1, &action, NULL);
	sigaction(SIGRTMIN + 2, &action, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 1);
	sigaddset(&set, SIGRTMIN + 2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	union sigval value = { .sival_int = 5 };
	for (int i = 0; i < 3; i++)
		sigqueue(getpid(), SIGRTMIN + 1, value);
	sigqueue(getpid(), SIGRTMIN + 2, value);
	siginfo_t info;
	struct timespec zero = { 0, 0 };
	int got = sigtimedwait(&set, &info, &zero);
	printf("sigtimedwait: first %d value %d\n", got == SIGRTMIN + 1, info.si_value.sival_int);
	count = 0;
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	printf("queued: %d left\n", count);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	got = sigtimedwait(&set, &info, &zero);
	printf("empty: %d %s\n", got, errno == EAGAIN ? "EAGAIN" : "other");
	sigprocmask(SIG_UNBLOCK, &set, NULL);

	/* A fault handler sees the address and moves on. */
	action.sa_sigaction = on_fault;
	action.sa_flags = SA_SIGINFO | SA_NODEFER;
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGILL, &action, NULL);
	sigaction(SIGFPE, &action, NULL);
	uint64_t result = 0;
	__asm__ volatile("mov (%1), %%al" : "=a"(result) : "c"(0x1234000L));
	printf("SIGSEGV: %d maperr %d address %p rax %d\n", seen == SIGSEGV, code == SEGV_MAPERR,
	       address, (int)result);
	char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	__asm__ volatile("mov %%al, (%1)" : "=a"(result) : "c"(page));
	printf("SIGSEGV: accerr %d address right %d\n", code == SEGV_ACCERR, address == page);
	__asm__ volatile("ud2" : "=a"(result));
	printf("SIGILL: %d rax %d\n", seen == SIGILL, (int)result);
	__asm__ volatile("div %%cl" : "=a"(result) : "a"(1), "c"(0));
	printf("SIGFPE: %d intdiv %d\n", seen == SIGFPE, code == FPE_INTDIV);

	/* The alternate stack. */
	static char alternate[65536];
	stack_t stack = { .ss_sp = alternate, .ss_size = sizeof alternate };
	sigaltstack(&stack, NULL);
	memset(&action, 0, sizeof action);
	action.sa_handler = on_stack;
	action.sa_flags = SA_ONSTACK;
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	printf("on the alternate stack: %d\n",
	       stack_seen > alternate && stack_seen < alternate + sizeof alternate);
	action.sa_flags = 0;
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	printf("on the ordinary stack: %d\n",
	       !(stack_seen > alternate && stack_seen < alternate + sizeof alternate));
	stack.ss_flags = SS_DISABLE;
	sigaltstack(&stack, NULL);
	sigaltstack(NULL, &stack);
	printf("disabled: %d\n", stack.ss_flags == SS_DISABLE);
	stack.ss_flags = 0;
	stack.ss_size = 100;
	got = sigaltstack(&stack, NULL);
	printf("too small: %d %s\n", got, errno == ENOMEM ? "ENOMEM" : "other");

	/* Vector registers survive a handler. */
	action.sa_handler = smash_vectors;
	sigaction(SIGUSR1, &action, NULL);
	uint64_t low = 0, high = 0;
	long pid = getpid(), call = 62, signal_number = SIGUSR1;
	__asm__ volatile("movq %4, %%xmm0; movq %5, %%xmm7; syscall; movq %%xmm0, %0; movq %%xmm7, %1"
			 : "=r"(low), "=r"(high), "+a"(call)
			 : "D"(pid), "r"(0x1122334455667788L), "r"(0x99aabbccddeeff00L), "S"(signal_number)
			 : "rcx", "r11", "memory", "xmm0", "xmm7");
	printf("xmm %llx %llx\n", (unsigned long long)low, (unsigned long long)high);

	/* EINTR without SA_RESTART, restart with it. */
	int fds[2];
	if (pipe(fds))
		perror("pipe");
	memset(&action, 0, sizeof action);
	action.sa_handler = note;
	sigaction(SIGALRM, &action, NULL);
	/* It comes again and again: on a busy machine the first may come before the read. */
	struct itimerval timer = { .it_value = { 0, 20000 }, .it_interval = { 0, 20000 } };
	struct itimerval off = { 0 };
	char byte;
	setitimer(ITIMER_REAL, &timer, NULL);
	ssize_t length = read(fds[0], &byte, 1);
	int why = errno;
	setitimer(ITIMER_REAL, &off, NULL);
	printf("interrupted read: %d %s\n", (int)length, why == EINTR ? "EINTR" : "other");
	action.sa_flags = SA_RESTART;
	sigaction(SIGALRM, &action, NULL);
	seen = 0;
	setitimer(ITIMER_REAL, &timer, NULL);
	pid_t writer = fork();
	if (writer == 0) {
		struct timespec nap = { 0, 60000000 };
		nanosleep(&nap, NULL);
		_exit(write(fds[1], "x", 1) != 1);
	}
	length = read(fds[0], &byte, 1);
	setitimer(ITIMER_REAL, &off, NULL);
	printf("restarted read: %d %c, handler ran %d\n", (int)length, byte, seen == SIGALRM);
	waitpid(writer, NULL, 0);

	/* sigsuspend lets one signal in and restores the mask. */
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	count = 0;
	raise(SIGUSR2);
	sigemptyset(&pending);
	got = sigsuspend(&pending);
	sigprocmask(SIG_BLOCK, NULL, &old);
	printf("sigsuspend: %d %s, handled %d, still blocked %d\n", got,
	       errno == EINTR ? "EINTR" : "other", count, sigismember(&old, SIGUSR2));

	/* SIGPIPE and EPIPE. */
	close(fds[0]);
	signal(SIGPIPE, SIG_IGN);
	length = write(fds[1], "x", 1);
	printf("EPIPE: %d %d\n", (int)length, errno == EPIPE);
	pid_t child = fork();
	if (child == 0) {
		signal(SIGPIPE, SIG_DFL);
		_exit((int)write(fds[1], "x", 1));
	}
	int status;
	waitpid(child, &status, 0);
	printf("SIGPIPE: %d\n", WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE);

	/* Stop and continue. */
	child = fork();
	if (child == 0) {
		for (;;)
			pause();
	}
	kill(child, SIGSTOP);
	waitpid(child, &status, WUNTRACED);
	printf("stopped: %d by %d\n", WIFSTOPPED(status), WSTOPSIG(status) == SIGSTOP);
	kill(child, SIGCONT);
	waitpid(child, &status, WCONTINUED);
	printf("continued: %d\n", WIFCONTINUED(status));
	kill(child, SIGTERM);
	waitpid(child, &status, 0);
	printf("terminated: %d\n", WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	got = kill(999999, 0);
	printf("kill nobody: %d %d\n", got, errno == ESRCH);
	got = sigaction(SIGKILL, &action, NULL);
	printf("SIGKILL cannot be caught: %d %d\n", got, errno == EINVAL);
	return 0;
}
