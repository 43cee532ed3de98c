/* Values at the edges of what can be counted: an error or a signal for the program, nothing for the kernel. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void ignore(int signal)
{
	(void)signal;
}

/* Sends itself a signal while the stack pointer is `stack`; nothing can come back from there. */
static void signal_at(uintptr_t stack)
{
	long process = getpid();
	__asm__ volatile("mov %3, %%rsp\n\tsyscall\n\tud2" : : "a"((long)SYS_kill), "D"(process), "S"((long)SIGUSR1), "b"(stack) : "rcx", "r11", "memory");
}

static void killed_at(uintptr_t stack)
{
	int status;
	pid_t child = fork();
	if (!child)
		signal_at(stack);
	assert(waitpid(child, &status, 0) == child);
	assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

static void frames(void)
{
	struct rlimit none = { 0, 0 };
	setrlimit(RLIMIT_CORE, &none);
	struct sigaction action = { .sa_handler = ignore };
	assert(sigaction(SIGUSR1, &action, NULL) == 0);
	for (uintptr_t stack = 0; stack < 8192; stack += 32)
		killed_at(stack);
	for (uintptr_t stack = 16; stack < 8192; stack *= 2) {
		killed_at(-stack);
		killed_at(INTPTR_MAX - stack);
		killed_at(0x800000000000 - 4096 + stack);
	}
	puts("frames below and above all memory");

	action.sa_flags = SA_ONSTACK;
	assert(sigaction(SIGUSR1, &action, NULL) == 0);
	for (uintptr_t size = 1 << 14; size; size <<= 6) {
		stack_t stack = { .ss_sp = (void *)-size, .ss_size = size };
		int status;
		pid_t child = fork();
		if (!child) {
			if (sigaltstack(&stack, NULL) != 0)
				raise(SIGSEGV);
			raise(SIGUSR1);
			_exit(0);
		}
		assert(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	}
	puts("frames on stacks that can't be");
}

static void clocks(void)
{
	static const struct timespec beyond[] = {
		{ INT64_MAX, 999999999 }, { INT64_MAX / 1000000000, 854775807 }, { INT64_MAX / 1000000000, 854775808 },
		{ INT64_MAX / 1000000000 + 1, 0 }, { 18446744073, 709551615 }, { -1, 0 }, { INT64_MIN, 0 }, { 0, 1000000000 },
	};
	for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++) {
		errno = 0;
		assert(clock_settime(CLOCK_REALTIME, &beyond[i]) == -1 && (errno == EINVAL || errno == EPERM));
	}
	struct timeval far = { INT64_MAX, 999999 };
	assert(settimeofday(&far, NULL) == -1 && (errno == EINVAL || errno == EPERM));
	assert(time(NULL) > 0);
	puts("clocks keep what they can show");
}

int main(void)
{
	frames();
	clocks();
	return 0;
}
