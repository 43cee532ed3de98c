/* Calls about signals with odd arguments. */
#define _GNU_SOURCE
#include "calls.h"

static const struct call table[] = {
	VALUE(rt_sigaction, "0 0 0 8 | 65 0 0 8 | -1 0 0 8 | 64 0 0 8 | 1 0 0 8 | 1 0 0 7 | 1 0 0 16 | 1 0 0 0 | 1 0 0 -1 | 9 0 0 8 | 19 0 0 8 | 9 action 0 8 | 19 action 0 8"
			    "| 9 0 buf 8 | 1 gone 0 8 | 1 0 gone 8 | 1 action gone 8 | 1 gone 0 7 | 0 gone 0 8 | 9 gone 0 8 | 32 action 0 8 | 1 0 ro 8 | 1 ro 0 8 | IMIN 0 0 8 | HIGH+1 0 buf 8"
			    "| 1 flags 0 8 | 1 norestorer 0 8"),
	VALUE(rt_sigprocmask, "0 0 0 8 | 3 0 0 8 | -1 0 0 8 | 3 full 0 8 | -1 full 0 8 | 0 full 0 8 | 1 full 0 8 | 2 full 0 8 | 0 full 0 7 | 0 full 0 0 | 0 full 0 16 | 0 gone 0 8 | 0 0 gone 8"
			      "| 0 full gone 8 | 3 gone 0 8 | 3 0 gone 8 | 0 full ro 8 | HIGH full 0 8 | 0 none 0 8"),
	VALUE(rt_sigpending, "0 8 | buf 8 | gone 8 | ro 8 | buf 9 | buf 16 | buf 0 | buf 4 | buf 7 | gone 0 | gone 9"),
	VALUE(rt_sigsuspend, "0 8 | gone 8 | full 7 | full 0 | gone 7 | zeros 16"),
	VALUE(rt_sigtimedwait, "0 0 0 8 | gone 0 0 8 | full 0 tsnow 8 | full 0 tsnow 7 | full 0 tsbad 8 | full 0 tsneg 8 | full 0 gone 8 | full gone tsnow 8 | zeros 0 tsnow 8 | gone 0 tsbad 8"
			       "| full 0 tsbad 7 | zeros 0 tshort 8 | pending 0 tsnow 8 | pending gone tsnow 8 | pending ro tsnow 8 | pending buf 0 8 | pending 0 tsbad 8"),
	VALUE(rt_sigqueueinfo, "self 0 0 | self 0 gone | self 65 info | self -1 info | self 10 info | self 0 info | nobody 10 info | nobody 0 info | -1 10 info | 0 10 info | parent 0 iuser"
			       "| parent 0 itkill | parent 0 info | parent 0 ikernel | self 0 ikernel | self 10 iuser | self 10 itkill | nobody 10 ikernel | nobody 65 info | self HIGH info | -1 0 info"),
	VALUE(rt_tgsigqueueinfo, "self self 0 info | self self 10 info | self self 65 info | self self -1 info | self 0 0 info | 0 self 0 info | -1 self 0 info | self -1 0 info | self nobody 0 info"
				 "| nobody self 0 info | self self 0 gone | self self 0 0 | parent parent 0 iuser | parent parent 0 info | self self 10 ikernel | 0 0 65 gone | parent self 0 info"),
	VALUE(kill, "self 0 | self 65 | self -1 | self 64 | nobody 0 | nobody 65 | nobody -1 | 0 0 | 0 65 | IMIN 0 | -nobody 0 | -nobody 65 | 1 65 | self IMIN | HIGH+1 65 | -1 65 | self HIGH"),
	VALUE(tkill, "self 0 | self 65 | self -1 | 0 0 | -1 0 | nobody 0 | nobody 65 | IMIN 0 | 0 65 | -1 65"),
	VALUE(tgkill, "self self 0 | self self 65 | self self -1 | 0 self 0 | -1 self 0 | self 0 0 | self -1 0 | nobody self 0 | self nobody 0 | parent self 0 | self parent 0 | nobody nobody 65 | 0 0 65"),
	VALUE(sigaltstack, "0 0 | gone 0 | 0 gone | 0 buf | 0 ro | sgood 0 | ssmall 0 | sminus 0 | sdisable 0 | sonstack 0 | sauto 0 | sboth 0 | sbad 0 | sgood gone | sgood buf | sdisablesmall 0 | sautodisable 0"
			   "| szero 0 | kernel 0 | shuge 0"),
	VALUE(pause, ""),
	VALUE(alarm, "0 | 1 | IMAX | UMAX | HIGH"),
	CALL(signalfd, "-1 full 8 | -1 gone 8 | -1 full 7 | -1 0 8 | closed full 8 | file full 8 | -2 full 8 | closed gone 8 | closed full 7 | path full 8"),
	CALL(signalfd4, "-1 full 8 0 | -1 full 8 0x800 | -1 full 8 0x80000 | -1 full 8 0x80800 | -1 full 8 1 | -1 full 8 -1 | closed full 8 1 | -1 gone 8 1 | -1 full 7 1"),
	VALUE(getitimer, "0 buf | 1 buf | 2 buf | 3 buf | -1 buf | 0 gone | 0 0 | 3 gone | 0 ro | HIGH buf"),
	VALUE(setitimer, "0 0 0 | 3 0 0 | -1 0 0 | 0 gone 0 | 0 0 gone | 0 izero 0 | 0 ibad 0 | 0 ineg 0 | 0 ibadint 0 | 3 gone 0 | 3 ibad 0 | 0 ihuge buf | 1 ihuge buf | 2 ihuge 0 | 0 ihuge gone | 0 ibad gone | 0 inegsec 0 | 1 izero buf"),
};

struct stack {
	long base;
	int flags, filler;
	unsigned long size;
};

struct kernel_action {
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)(void);
	unsigned long mask;
};

/* Something is pending in the process that makes the call. */
static void block(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGUSR2);
}

static void ignore(int number)
{
	(void)number;
}

#define FILLED(type, ...) ({ \
	type *at = (type *)(next += 128); \
	*at = (type){ __VA_ARGS__ }; \
	(long)at; \
})

int main(void)
{
	char *next = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	common();
	signal(SIGUSR1, ignore);
	prepare = block;
	/* The parent of what makes the calls. */
	word("parent", getpid());
	word("nobody", 0x3fffffff);
	word("-nobody", -0x3fffffff);
	word("full", FILLED(unsigned long, -1ul));
	word("zeros", FILLED(unsigned long, 0));
	word("pending", FILLED(unsigned long, 1ul << (SIGUSR2 - 1)));
	word("action", FILLED(struct kernel_action, SIG_IGN));
	word("flags", FILLED(struct kernel_action, ignore, -1ul));
	word("norestorer", FILLED(struct kernel_action, ignore, 0));
	word("info", FILLED(siginfo_t, .si_code = -1));
	word("iuser", FILLED(siginfo_t, .si_code = 0));
	word("itkill", FILLED(siginfo_t, .si_code = -6));
	word("ikernel", FILLED(siginfo_t, .si_code = 0x80));
	word("tsnow", FILLED(struct timespec, 0, 0));
	word("tshort", FILLED(struct timespec, 0, 1000));
	word("tsbad", FILLED(struct timespec, 0, 1000000000));
	word("tsneg", FILLED(struct timespec, -1, 0));
	word("sgood", FILLED(struct stack, (long)next, 0, 0, 65536));
	word("ssmall", FILLED(struct stack, (long)next, 0, 0, 100));
	word("sminus", FILLED(struct stack, (long)next, 0, 0, -1ul));
	word("sdisable", FILLED(struct stack, 1, 2, 0, 0));
	word("sdisablesmall", FILLED(struct stack, 1, 2, 0, 100));
	word("sonstack", FILLED(struct stack, (long)next, 1, 0, 65536));
	word("sauto", FILLED(struct stack, (long)next, 1 << 31, 0, 65536));
	word("sautodisable", FILLED(struct stack, (long)next, 1 << 31 | 2, 0, 65536));
	word("sboth", FILLED(struct stack, (long)next, 3, 0, 65536));
	word("sbad", FILLED(struct stack, (long)next, 4, 0, 65536));
	word("szero", FILLED(struct stack, 0, 0, 0, 65536));
	word("shuge", FILLED(struct stack, -1, 0, 0, -1ul));
	word("izero", FILLED(struct itimerval, { 0, 0 }, { 0, 0 }));
	word("ibad", FILLED(struct itimerval, { 0, 0 }, { 0, 1000000 }));
	word("ineg", FILLED(struct itimerval, { 0, 0 }, { 0, -1 }));
	word("inegsec", FILLED(struct itimerval, { 0, 0 }, { -1, 0 }));
	word("ibadint", FILLED(struct itimerval, { 0, 1000000 }, { 0, 0 }));
	word("ihuge", FILLED(struct itimerval, { 0, 0 }, { 0x7fffffffffffffff, 999999 }));
	word("self", SELF);
	calls(table, sizeof table / sizeof *table);
	return 0;
}
