/* Calls about processes, threads and scheduling with odd arguments. */
#define _GNU_SOURCE
#include "calls.h"

#include <sched.h>

static const struct call table[] = {
	/* exit signal in the low byte; VM 0x100, FS 0x200, FILES 0x400, SIGHAND 0x800, PIDFD 0x1000, VFORK 0x4000,
	 * PARENT 0x8000, THREAD 0x10000, NEWNS 0x20000, SYSVSEM 0x40000, SETTLS 0x80000, PARENT_SETTID 0x100000,
	 * CHILD_CLEARTID 0x200000, DETACHED 0x400000, CHILD_SETTID 0x1000000 */
	CALL(clone, "0x800 0 0 0 0 | 0x10000 0 0 0 0 | 0x10100 0 0 0 0 | 0x1000 0 gone 0 0 "
		    "| 0x101000 0 buf 0 0 | 0x401000 0 buf 0 0 | 0x80011 0 0 0 kernel"
		    "| 0x100011 0 gone 0 0 | 0x20200 0 0 0 0 | 0x10000200 0 0 0 0 | 0xff 0 0 0 0 | 65 0 0 0 0"),
	/* flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup */
	CALL(clone3, "0 64 | gone 64 | buf 63 | buf 0 | buf page+1 | kernel 88 | c3stack 88 | c3size 88 | c3signal 88 | c3detached 88 | c3low 88"
		     "| c3thread 88 | c3parent 88 | c3more 96 | c3tid 88 | c3tidsize 88 | c3clear 88 | c3unknown 88"),
	CALL(execve, "0 0 0 | gone 0 0 | empty 0 0 | missing 0 0 | slash 0 0 | name 0 0 | name gone 0 | name vector gone | name badvector 0"
		     "| under 0 0 | longest 0 0 | kernel 0 0 | device 0 0"),
	CALL(execveat, "-1 name 0 0 0 | -100 name 0 0 1 | -100 name 0 0 0x1000 | -100 empty 0 0 0 | -100 empty 0 0 0x1000 | closed empty 0 0 0x1000"
		       "| file empty 0 0 0x1000 | dir empty 0 0 0x1000 | path empty 0 0 0x1000 | closed name 0 0 0 | file name 0 0 0 | dir name 0 0 0"
		       "| dir name 0 0 0x100 | dir missing 0 0 0 | -100 gone 0 0 0 | rpipe empty 0 0 0x1000"),
	VALUE(wait4, "-1 0 0 0 | -1 0 1 0 | 0 0 1 0 | 1 0 1 0 | nobody 0 1 0 | -2 0 1 0 | IMIN 0 1 0 | -nobody 0 1 0 | -1 0 4 0 | -1 0 0x10 0"
		     "| -1 0 2 0 | -1 0 8 0 | -1 0 0x20000001 0 | -1 0 0x40000001 0 | -1 0 -1 0 | -1 gone 1 0 | -1 0 HIGH+1 0 | HIGH+1 0 1 0"),
	CALL(waitid, "0 0 0 4 0 | 0 0 0 0 0 | 0 0 0 1 0 | 0 0 0 5 0 | 0 0 0 0x01000004 0 | 0 0 0 -1 0 | 1 0 0 4 0 | 1 -1 0 4 0 | 1 nobody 0 4 0 | 2 0 0 4 0"
		     "| 2 -1 0 4 0 | 2 nobody 0 4 0 | 3 0 0 4 0 | 3 -1 0 4 0 | 3 closed 0 4 0 | 3 file 0 4 0 | 4 0 0 4 0 | -1 0 0 4 0 | 9 0 0 4 0 | 0 0 gone 5 0"
		     "| 0 0 0 2 0 | 0 0 0 8 0 | 0 0 0 0x20000004 0 | 0 0 0 0x80000004 0 | 3 pidfd 0 4 0"),
	VALUE(setpgid, "-1 0 | 0 -1 | 0 0 | nobody 0 | self 0 | 1 0 | 0 nobody | IMIN 0 | 0 IMIN | HIGH 0"),
	CALL(getpgid, "0 | -1 | nobody | 1 | IMIN | HIGH"),
	CALL(getsid, "0 | -1 | nobody | 1 | IMIN | HIGH"),
	CALL(setsid, "0"),
	CALL(getpriority, "0 0 | 3 0 | -1 0 | 0 nobody | 1 nobody | 2 nobody | 0 -1 | 1 -1 | 2 -1 | 1 0 | 2 0 | 0 1 | 0 IMIN | 9 nobody"),
	CALL(setpriority, "0 0 0 | 3 0 0 | -1 0 0 | 0 nobody 0 | 1 nobody 0 | 2 nobody 0 | 0 0 -1 | 0 0 -21 | 0 0 20 | 0 0 IMAX | 0 0 IMIN | 0 1 0 | 0 1 5"
			  "| 0 -1 0 | 2 0 0 | 1 0 0"),
	VALUE(sched_get_priority_max, "0 | 1 | 2 | 3 | 4 | 5 | 8 | -1 | HIGH | HIGH+1"),
	VALUE(sched_get_priority_min, "0 | 1 | 2 | 3 | 4 | 5 | 8 | -1 | HIGH+2"),
	VALUE(sched_getscheduler, "0 | -1 | nobody | 1 | IMIN"),
	VALUE(sched_setscheduler, "0 0 0 | 0 0 gone | 0 0 buf | 0 0 one | 0 1 one | 0 1 buf | 0 2 one | 0 2 hundred | 0 1 hundred | 0 3 buf | 0 3 one | 0 5 buf"
				  "| 0 5 one | 0 4 buf | 0 6 buf | 0 7 buf | 0 -1 buf | -1 0 buf | nobody 0 buf | 1 0 buf | 0 0x40000000 buf | 0 0x40000001 one"
				  "| 0 99 gone | nobody 99 buf | nobody 0 gone | -1 0 gone | 0 0x20000000 buf"),
	VALUE(sched_setparam, "0 0 | 0 gone | 0 buf | 0 one | 0 hundred | -1 buf | nobody buf | 1 buf | nobody gone | 0 kernel"),
	VALUE(sched_getparam, "0 0 | 0 gone | 0 buf | 0 ro | -1 buf | -1 0 | nobody buf | nobody gone | 1 buf"),
	VALUE(sched_rr_get_interval, "0 0 | 0 buf | 0 gone | 0 ro | -1 buf | nobody buf | nobody gone | 1 buf"),
	/* size, policy, flags, nice, priority, runtime, deadline, period */
	VALUE(sched_setattr, "0 0 0 | 0 attr 0 | 0 attr 1 | -1 attr 0 | nobody attr 0 | 0 gone 0 | 0 asmall 0 | 0 alarge 0 | 0 amore 0 | 0 azero 0 | 0 apolicy 0"
			     "| 0 aflags 0 | 0 anice 0 | 0 anegative 0 | 0 apriority 0 | 0 afifo 0 | 0 adeadline 0 | 0 akeep 0 | 0 aclamp 0 | 0 aidle 0"),
	VALUE(sched_getattr, "0 0 48 0 | 0 buf 48 0 | 0 buf 47 0 | 0 buf page 0 | 0 buf page+1 0 | 0 buf 48 1 | -1 buf 48 0 | nobody buf 48 0 | 0 gone 48 0 | 0 ro 48 0"
			     "| 0 buf 0 0 | 0 buf 56 0 | 0 buf 52 0"),
	CALL(sched_getaffinity, "0 8 buf | 0 0 buf | 0 7 buf | 0 9 buf | 0 1024 buf | 0 128 buf | 0 8 gone | -1 128 buf | nobody 128 buf | 0 -1 buf | 0 128 ro | 0 HIGH buf"),
	VALUE(sched_setaffinity, "0 8 buf | 0 0 buf | 0 8 gone | 0 128 buf | 0 1024 one | -1 8 one | nobody 8 one | nobody 8 gone | 1 8 one | 0 8 one | 0 4 one | 0 1 one"
				 "| 0 0 gone | 0 8 last"),
	VALUE(sched_yield, "0"),
	CALL(getcpu, "0 0 0 | buf 0 0 | gone 0 0 | 0 gone 0 | buf ro 0 | buf buf+4 gone"),
	CALL(set_tid_address, "0 | gone | kernel"),
	VALUE(get_robust_list, "0 buf buf+8 | -1 buf buf+8 | nobody buf buf+8 | 0 gone buf | 0 buf gone | 1 buf buf+8 | 0 0 0"),
	VALUE(set_robust_list, "0 24 | buf 24 | gone 24 | buf 23 | buf 0 | buf 32 | kernel 24"),
	VALUE(arch_prctl, "0 0 | 0x1001 kernel | 0x1002 kernel | 0x1001 top | 0x1003 gone | 0x1004 gone | 0x1004 buf | 0x1001 -1 | 0x9999 0 | -1 0"
			  "| 0x1001 buf | 0x1003 ro"),
	VALUE(futex, "buf 0 1 0 0 0 | buf 1 1 0 0 0 | buf+1 0 0 0 0 0 | buf+2 1 1 0 0 0 | gone 0 0 0 0 0 | gone 1 1 0 0 0 | gone 0x81 1 0 0 0 | gone 0x80 0 0 0 0 | none 1 1 0 0 0"
		     "| buf 2 0 0 0 0 | buf 99 0 0 0 0 | buf -1 0 0 0 0 | buf 0 0 tsbad 0 0 | buf 0 0 tsneg 0 0 | buf 0 0 gone 0 0 | buf 0 0 tsnow 0 0 "
		     "| buf 0x101 1 0 0 0 | buf 9 0 tspast 0 1 | buf 9 0 tspast 0 0 | buf 9 0 0 0 0 | buf 0x109 0 tspast 0 -1 | buf 10 1 0 0 0 | buf 10 1 0 0 1 | buf 3 1 0 buf+4 0 | buf 3 1 0 gone 0"
		     "| buf 3 -1 0 buf+4 0 | buf 3 1 -1 buf+4 0 | buf 4 1 0 buf+4 0 | buf 4 1 0 buf+4 5 | buf 4 1 0 buf+5 0 | buf 4 1 0 buf 0 | buf 5 1 1 buf+4 0 | buf 5 1 1 gone 0"
		     "| buf 5 1 1 buf+4 0x90000000 | buf 5 1 1 buf+4 0x05000000 | buf 6 0 0 0 0 | buf 7 0 0 0 0 | buf 8 0 0 0 0 | gone 6 0 0 0 0 | gone 7 0 0 0 0 | buf+1 6 0 0 0 0 | buf 11 1 0 buf+4 0"
		     "| buf 12 1 0 buf+4 0 | buf 12 1 0 buf 0 | buf 12 2 0 buf+4 0 | kernel 0 0 0 0 0 | kernel 1 1 0 0 0 | 0 1 1 0 0 0 | ro 6 0 0 0 0 | buf 13 0 tspast 0 0"
		     "| buf 0x106 0 0 0 0 | buf 0 0 tspast 0 0 | buf 0x89 0 tspast 0 -1 | top 1 1 0 0 0"),
	VALUE(pidfd_open, "0 0 | -1 0 | nobody 0 | self 1 | self -1 | 1 HIGH+1"),
	VALUE(pidfd_send_signal, "pidfd 0 0 0 | pidfd 65 0 0 | pidfd -1 0 0 | file 0 0 0 | closed 0 0 0 | pidfd 0 gone 0 | pidfd 0 info 0 | pidfd 10 info 0 | path 0 0 0 | pidfd 0 0 8"),
	VALUE(exit_group, "0"),
	VALUE(getrusage, "0 0 | 0 gone | 0 ro | 0 buf | 1 buf | -1 buf | -2 buf | 2 buf | 9 gone | HIGH buf"),
	VALUE(getrlimit, "0 0 | 0 gone | 15 buf | 16 buf | -1 buf | 16 gone | HIGH buf | 0 ro"),
	VALUE(setrlimit, "0 0 | 0 gone | 16 infinite | -1 infinite | 13 raised | 13 crossed | 7 million | 16 gone | 3 zeros | 7 zeros"),
	VALUE(prlimit64, "0 0 0 0 | 0 16 0 0 | 0 16 0 buf | 0 0 gone 0 | 0 0 0 gone | nobody 0 0 0 | -1 0 0 0 | 1 0 0 buf | 0 13 raised 0 | 0 13 crossed 0 | self 0 0 buf | 0 -1 0 0"
			 "| nobody 99 0 0 | nobody 0 gone 0 | 1 0 infinite 0 | 0 0 crossed gone"),
	CALL(times, "0 | buf | gone | ro"),
	CALL(sysinfo, "0 | buf | gone | ro"),
	CALL(uname, "0 | buf | gone | ro"),
	VALUE(sethostname, "buf 1 | buf 65 | gone 1 | buf -1"),
	VALUE(setdomainname, "buf 1 | buf 65 | gone 1"),
	CALL(getrandom, "buf 0 0 | buf 8 0 | buf 8 1 | buf 8 2 | buf 8 3 | buf 8 4 | buf 8 6 | buf 8 8 | buf 8 -1 | gone 8 0 | gone 0 0 | end+-8 16 0 | ro 8 0 | buf -1 8"),
	VALUE(reboot, "0 0 0 0 | 0xfee1dead 0x28121969 0 0 | 0xfee1dead 0 0 0"),
	VALUE(chroot, "slash | missing | gone | empty | name | under"),
	VALUE(pivot_root, "slash slash | missing slash | gone gone"),
};

#define FILLED(type, ...) ({ \
	type *at = (type *)(next += 128); \
	*at = (type){ __VA_ARGS__ }; \
	(long)at; \
})

struct clone_arguments {
	unsigned long flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup, more;
};

struct attributes {
	unsigned size, policy;
	unsigned long flags;
	int nice;
	unsigned priority;
	unsigned long runtime, deadline, period, more;
};

int main(void)
{
	char *next = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int program = open("plain", O_WRONLY | O_CREAT, 0644);
	close(program);
	common();
	word("self", getpid());
	word("nobody", 0x3fffffff);
	word("-nobody", -0x3fffffff);
	word("pidfd", syscall(434, getpid(), 0));
	word("empty", (long)"");
	word("slash", (long)"/");
	word("missing", (long)"missing");
	word("name", (long)"calls-file");
	word("under", (long)"calls-file/under");
	word("device", (long)"/dev/null");
	static char longest[5000];
	memset(longest, 'x', sizeof longest - 1);
	word("longest", (long)longest);
	static char *vector[] = { "calls-file", NULL }, *bad[] = { (char *)1, NULL };
	word("vector", (long)vector);
	word("badvector", (long)bad);
	word("c3stack", FILLED(struct clone_arguments, .stack = 4096));
	word("c3size", FILLED(struct clone_arguments, .stack_size = 4096));
	word("c3signal", FILLED(struct clone_arguments, .exit_signal = 65));
	word("c3detached", FILLED(struct clone_arguments, .flags = 0x400000));
	word("c3low", FILLED(struct clone_arguments, .flags = 17));
	word("c3thread", FILLED(struct clone_arguments, .flags = 0x10900, .exit_signal = 17));
	word("c3parent", FILLED(struct clone_arguments, .flags = 0x8000, .exit_signal = 17));
	word("c3more", FILLED(struct clone_arguments, .more = 1));
	word("c3tid", FILLED(struct clone_arguments, .set_tid = 1));
	word("c3tidsize", FILLED(struct clone_arguments, .set_tid_size = 1));
	word("c3clear", FILLED(struct clone_arguments, .flags = 0x100000800));
	word("c3unknown", FILLED(struct clone_arguments, .flags = 1l << 40));
	word("one", FILLED(long, 1));
	word("hundred", FILLED(long, 100));
	word("last", FILLED(unsigned long, 1ul << 63));
	word("attr", FILLED(struct attributes, 48));
	word("asmall", FILLED(struct attributes, 47));
	word("alarge", FILLED(struct attributes, 4097));
	word("amore", FILLED(struct attributes, 64, .more = -1));
	word("azero", FILLED(struct attributes, 0));
	word("apolicy", FILLED(struct attributes, 48, .policy = 9));
	word("aflags", FILLED(struct attributes, 48, .flags = 1ul << 20));
	word("anice", FILLED(struct attributes, 48, .nice = 5));
	word("anegative", FILLED(struct attributes, 48, .nice = -5));
	word("apriority", FILLED(struct attributes, 48, .priority = 1));
	word("afifo", FILLED(struct attributes, 48, .policy = 1, .priority = 1));
	word("adeadline", FILLED(struct attributes, 48, .policy = 6));
	word("akeep", FILLED(struct attributes, 48, .flags = 0x18));
	word("aclamp", FILLED(struct attributes, 48, .nice = 100));
	word("aidle", FILLED(struct attributes, 48, .policy = 5));
	word("tsbad", FILLED(struct timespec, 0, 1000000000));
	word("tsneg", FILLED(struct timespec, -1, 0));
	word("tsnow", FILLED(struct timespec, 0, 0));
	word("tspast", FILLED(struct timespec, 0, 1));
	word("info", FILLED(int, 0));
	word("infinite", FILLED(struct rlimit, -1, -1));
	word("raised", FILLED(struct rlimit, 1, 30));
	word("crossed", FILLED(struct rlimit, 2, 1));
	word("million", FILLED(struct rlimit, 1, 1ul << 40));
	word("zeros", FILLED(struct rlimit, 0, 0));
	calls(table, sizeof table / sizeof *table);
	return 0;
}
