/* rseq, membarrier, futex_waitv and the processor's number, by their raw calls. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RSEQ = 334, MEMBARRIER = 324, FUTEX = 202, FUTEX_WAITV = 449, SIGNATURE = 0x53053053 };

static void check(int holds, const char *what)
{
	if (!holds) {
		printf("failed: %s (%s)\n", what, strerror(errno));
		exit(1);
	}
}

struct rseq {
	uint32_t cpu_id_start, cpu_id;
	uint64_t section;
	uint32_t flags, rest[3];
} __attribute__((aligned(32)));

static volatile sig_atomic_t ticks;

static void tick(int signal)
{
	(void)signal;
	ticks++;
}

/* Turns in a critical section until it is aborted; gives the number of turns. */
static unsigned long turn_in_section(struct rseq *rseq)
{
	unsigned long turns = 0;
	asm volatile(
		".pushsection .data.sections, \"aw\"\n"
		".balign 32\n"
		"3: .long 0, 0\n"
		".quad 1f, 2f - 1f, 4f\n"
		".popsection\n"
		"leaq 3b(%%rip), %%rax\n"
		"movq %%rax, 8(%[rseq])\n"
		"1: incq %[turns]\n"
		"jmp 1b\n"
		/* The signature stands at an odd address, as code does. */
		"2: .balign 2\n"
		".byte 0xcc\n"
		".long %c[signature]\n"
		"4:\n"
		: [turns] "+r"(turns) : [rseq] "r"(rseq), [signature] "i"(SIGNATURE) : "rax", "memory", "cc");
	return turns;
}

static void restartable(void)
{
	struct rseq rseq = { .cpu_id = -1 };
	check(syscall(RSEQ, &rseq, 31, 0, SIGNATURE) == -1 && errno == EINVAL, "a bad length");
	check(syscall(RSEQ, (char *)&rseq + 8, 32, 0, SIGNATURE) == -1 && errno == EINVAL, "a bad address");
	check(!syscall(RSEQ, &rseq, 32, 0, SIGNATURE), "register");
	check(syscall(RSEQ, &rseq, 32, 0, SIGNATURE) == -1 && errno == EBUSY, "register again");
	check(syscall(RSEQ, &rseq, 32, 0, 1) == -1 && errno == EPERM, "register with another signature");
	cpu_set_t all, one;
	sched_getaffinity(0, sizeof all, &all);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		check(!sched_setaffinity(0, sizeof one, &one), "sched_setaffinity");
		check(*(volatile uint32_t *)&rseq.cpu_id == (uint32_t)cpu && sched_getcpu() == cpu, "the processor's number");
	}
	sched_setaffinity(0, sizeof all, &all);

	struct sigaction action = { .sa_handler = tick };
	sigaction(SIGALRM, &action, NULL);
	struct itimerval soon = { { 0, 0 }, { 0, 20000 } };
	ticks = 0;
	setitimer(ITIMER_REAL, &soon, NULL);
	/* A program that shares the processor may abort the section before the signal does. */
	do
		check(turn_in_section(&rseq) > 0, "it ran");
	while (!ticks);
	check(!rseq.section, "the section was left");

	/* Preemption: the child has the same registration in its own memory, and the same processor. */
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	sched_setaffinity(0, sizeof one, &one);
	pid_t child = fork();
	if (!child)
		for (;;)
			turn_in_section(&rseq);
	turn_in_section(&rseq);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	sched_setaffinity(0, sizeof all, &all);
	puts("sections were aborted");

	child = fork();
	if (!child)
		turn_in_section((syscall(RSEQ, &rseq, 32, 1, SIGNATURE), syscall(RSEQ, &rseq, 32, 0, 7), &rseq));
	alarm(0);
	struct timespec nap = { 0, 50000000 };
	nanosleep(&nap, NULL);
	kill(child, SIGALRM);
	int status;
	check(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV, "a wrong signature");
	check(syscall(RSEQ, &rseq, 32, 1, 1) == -1 && errno == EPERM, "unregister with another signature");
	check(!syscall(RSEQ, &rseq, 32, 1, SIGNATURE) && rseq.cpu_id == (uint32_t)-1, "unregister");
	check(syscall(RSEQ, &rseq, 32, 1, SIGNATURE) == -1 && errno == EINVAL, "unregister again");
	puts("registrations are checked");
}

enum { ROUNDS = 300 };

static atomic_int a, b, seen_b, round_of_main, round_of_other;

/* One half of the store-buffer test: with no fence here, the other half's barrier has to do for both. */
static void *cheap_half(void *argument)
{
	for (int i = 1; i <= ROUNDS; i++) {
		while (round_of_main < i)
			sched_yield();
		atomic_store_explicit(&a, i, memory_order_relaxed);
		atomic_signal_fence(memory_order_seq_cst);
		seen_b = atomic_load_explicit(&b, memory_order_relaxed);
		round_of_other = i;
	}
	return argument;
}

static void barriers(void)
{
	long offered = syscall(MEMBARRIER, 0, 0, 0);
	check(offered > 0 && (offered & 0x7f) == 0x7f, "the commands");
	check(syscall(MEMBARRIER, 8, 0, 0) == -1 && errno == EPERM, "not registered");
	check(syscall(MEMBARRIER, 32, 0, 0) == -1 && errno == EPERM, "not registered");
	check(!syscall(MEMBARRIER, 16, 0, 0) && !syscall(MEMBARRIER, 8, 0, 0), "private");
	check(!syscall(MEMBARRIER, 64, 0, 0) && !syscall(MEMBARRIER, 32, 0, 0), "private, core");
	check(!syscall(MEMBARRIER, 1, 0, 0) && !syscall(MEMBARRIER, 4, 0, 0) && !syscall(MEMBARRIER, 2, 0, 0), "global");
	check(syscall(MEMBARRIER, 8, 2, 0) == -1 && errno == EINVAL, "a bad flag");
	check(syscall(MEMBARRIER, 3, 0, 0) == -1 && errno == EINVAL, "two commands");
	pthread_t other;
	pthread_create(&other, NULL, cheap_half, NULL);
	for (int i = 1; i <= ROUNDS; i++) {
		round_of_main = i;
		atomic_store_explicit(&b, i, memory_order_relaxed);
		check(!syscall(MEMBARRIER, 8, 0, 0), "a barrier");
		int seen_a = atomic_load_explicit(&a, memory_order_relaxed);
		while (round_of_other < i)
			sched_yield();
		check(seen_a == i || seen_b == i, "one of two stores is seen by the other side");
	}
	pthread_join(other, NULL);
	puts("barriers went round");
}

struct wait_vector {
	uint64_t value, address;
	uint32_t flags, reserved;
};

static uint32_t words[4];

static void *wake_third(void *argument)
{
	struct timespec nap = { 0, 20000000 };
	nanosleep(&nap, NULL);
	words[2] = 1;
	while (!syscall(FUTEX, &words[2], 1 | 128, 1, 0, 0, 0))
		nanosleep(&nap, NULL);
	return argument;
}

static void vectors(void)
{
	struct wait_vector waits[4];
	for (int i = 0; i < 4; i++)
		waits[i] = (struct wait_vector){ 0, (uintptr_t)&words[i], 2 | 128, 0 };
	pthread_t other;
	pthread_create(&other, NULL, wake_third, NULL);
	check(syscall(FUTEX_WAITV, waits, 4, 0, NULL, 0) == 2, "the third was woken");
	pthread_join(other, NULL);
	check(syscall(FUTEX_WAITV, waits, 4, 0, NULL, 0) == -1 && errno == EAGAIN, "a word differs");
	struct timespec past = { 0, 1 };
	check(syscall(FUTEX_WAITV, waits, 2, 0, &past, CLOCK_MONOTONIC) == -1 && errno == ETIMEDOUT, "a time-out");
	check(syscall(FUTEX_WAITV, waits, 0, 0, NULL, 0) == -1 && errno == EINVAL, "no word");
	check(syscall(FUTEX_WAITV, waits, 129, 0, NULL, 0) == -1 && errno == EINVAL, "too many words");
	waits[0].reserved = 1;
	check(syscall(FUTEX_WAITV, waits, 4, 0, NULL, 0) == -1 && errno == EINVAL, "a reserved field");
	check(!syscall(FUTEX, &words[1], 1 | 128, 1, 0, 0, 0), "nobody is left");
	puts("one of several words");
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
#ifdef __GLIBC__
	/* This library has a registration of its own. */
	puts("sections were aborted\nregistrations are checked");
#else
	restartable();
#endif
	barriers();
	vectors();
	return 0;
}
