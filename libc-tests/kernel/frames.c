/* A handler that has no stack, and rt_sigreturn(2) that finds no frame: SIGSEGV, which its own handler can take. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char other_stack[65536];

enum ways {
	HANDLED, /* on a stack that is well */
	HERE, /* its handler has no stack, either */
	BLOCKED,
	IGNORED,
	DEFAULT,
};

static void never(int signal)
{
	(void)signal;
	_exit(1);
}

static void fault(int signal, siginfo_t *info, void *context)
{
	(void)context;
	sigset_t mask;
	sigprocmask(SIG_BLOCK, NULL, &mask);
	_exit(40 + (info->si_code == SI_KERNEL) + 2 * sigismember(&mask, signal) + 4 * sigismember(&mask, SIGUSR1));
}

static void try(const char *what, int returns, enum ways way)
{
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		struct rlimit none = { 0, 0 };
		setrlimit(RLIMIT_CORE, &none);
		stack_t stack = { .ss_sp = other_stack, .ss_size = sizeof other_stack };
		sigaltstack(&stack, NULL);
		struct sigaction action = { .sa_sigaction = fault, .sa_flags = SA_SIGINFO | (way == HERE ? 0 : SA_ONSTACK) };
		if (way >= IGNORED) {
			action.sa_flags = 0;
			action.sa_handler = way == IGNORED ? SIG_IGN : SIG_DFL;
		}
		sigaction(SIGSEGV, &action, NULL);
		signal(SIGUSR1, never);
		sigset_t blocked;
		sigemptyset(&blocked);
		sigaddset(&blocked, SIGSEGV);
		if (way == BLOCKED)
			sigprocmask(SIG_BLOCK, &blocked, NULL);
		long number = returns ? SYS_rt_sigreturn : SYS_kill;
		__asm__ volatile("mov $0x1000, %%rsp; syscall"
				 :
				 : "a"(number), "D"((long)getpid()), "S"((long)SIGUSR1)
				 : "rcx", "r11", "memory");
		__builtin_trap();
	}
	int status;
	waitpid(child, &status, 0);
	if (WIFEXITED(status))
		printf("%s: handled, %d\n", what, WEXITSTATUS(status));
	else
		printf("%s: %s\n", what, strsignal(WTERMSIG(status)));
}

int main(void)
{
	try("no stack for a handler", 0, HANDLED);
	try("no stack for either handler", 0, HERE);
	try("no stack for a handler, the fault blocked", 0, BLOCKED);
	try("no stack for a handler, the fault ignored", 0, IGNORED);
	try("no stack for a handler, no other handler", 0, DEFAULT);
	try("no frame to return to", 1, HANDLED);
	try("no frame to return to, no stack", 1, HERE);
	try("no frame to return to, the fault blocked", 1, BLOCKED);
	try("no frame to return to, no handler", 1, DEFAULT);
	return 0;
}
