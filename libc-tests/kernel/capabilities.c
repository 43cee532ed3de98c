/* Capabilities over changes of users and over exec (capabilities(7)), as root's children see them. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHOWN, OVERRIDE, SEARCH, OWNER, FSETID, KILL, SETGID, SETUID, SETPCAP, NICE = 23 };
#define BIT(number) (1ul << (number))
enum { USER = 54323 };

static unsigned long all;

struct sets {
	unsigned long inheritable, permitted, effective, bounding, ambient;
};

static struct sets sets(void)
{
	struct sets own = { 0 };
	char line[256];
	FILE *status = fopen("/proc/self/status", "r");
	while (fgets(line, sizeof line, status)) {
		sscanf(line, "CapInh: %lx", &own.inheritable);
		sscanf(line, "CapPrm: %lx", &own.permitted);
		sscanf(line, "CapEff: %lx", &own.effective);
		sscanf(line, "CapBnd: %lx", &own.bounding);
		sscanf(line, "CapAmb: %lx", &own.ambient);
	}
	fclose(status);
	return own;
}

static const char *set_name(unsigned long set)
{
	static char names[8][24];
	static int at;
	char *name = names[at++ % 8];
	if (set == all)
		return "all";
	snprintf(name, 24, "%lx", set);
	return name;
}

static void show(const char *when)
{
	struct sets own = sets();
	printf("%s: permitted %s, effective %s, inheritable %s, ambient %s\n", when, set_name(own.permitted),
	       set_name(own.effective), set_name(own.inheritable), set_name(own.ambient));
}

static const char *word(long result)
{
	return result != -1 ? "granted" : errno == EPERM ? "EPERM" : errno == EACCES ? "EACCES" : errno == EINVAL ? "EINVAL" : "other";
}

static long set(unsigned long effective, unsigned long permitted, unsigned long inheritable)
{
	struct { unsigned version; int pid; } header = { 0x20080522, 0 };
	struct { unsigned effective, permitted, inheritable; } data[2] = {
		{ effective, permitted, inheritable }, { effective >> 32, permitted >> 32, inheritable >> 32 }
	};
	return syscall(SYS_capset, &header, data);
}

static void dropped(void)
{
	printf("setuid: %s\n", word(setuid(USER)));
	show("after setuid");
	printf("dumpable %d\n", prctl(PR_GET_DUMPABLE));
}

static void kept(void)
{
	prctl(PR_SET_KEEPCAPS, 1);
	if (setresuid(USER, USER, USER) != 0)
		perror("setresuid");
	show("kept");
	printf("raise effective: %s\n", word(set(BIT(KILL), all, 0)));
	show("raised");
	printf("signal to the parent: %s\n", word(kill(getppid(), 0)));
	printf("give up: %s, take back: ", word(set(0, BIT(CHOWN), 0)));
	printf("%s\n", word(set(BIT(KILL), BIT(KILL), 0)));
	printf("signal to the parent: %s\n", word(kill(getppid(), 0)));
}

static void effective_user(void)
{
	if (seteuid(USER) != 0)
		perror("seteuid");
	show("effective user");
	if (seteuid(0) != 0)
		perror("seteuid");
	show("and back");
	syscall(SYS_setfsuid, USER);
	struct sets own = sets();
	printf("user for files: without %lx\n", all & ~own.effective & 0x1f);
	syscall(SYS_setfsuid, 0);
	show("and back");
	prctl(PR_SET_SECUREBITS, 4);
	if (setuid(USER) != 0)
		perror("setuid");
	show("without fix-up");
}

static void without(void)
{
	/* Root as for the user numbers, without one capability each. */
	int file = open("file", O_RDWR | O_CREAT, 0000);
	close(file);
	if (chown("file", USER, USER) != 0)
		perror("chown");
	static const struct {
		const char *name;
		int number;
	} parts[] = { { "chown", CHOWN }, { "override", OVERRIDE }, { "owner", OWNER }, { "kill", KILL }, { "setuid", SETUID }, { "setgid", SETGID },
		      { "setpcap", SETPCAP }, { "nice", NICE } };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		fflush(stdout);
		pid_t child = fork();
		if (child == 0) {
			unsigned long rest = all & ~BIT(parts[i].number);
			if (parts[i].number == OVERRIDE)
				rest &= ~BIT(SEARCH);
			if (set(rest, rest, 0) != 0)
				perror("capset");
			printf("without %s:", parts[i].name);
			printf(" chown %s,", word(chown("file", USER, 1)));
			printf(" open %s,", word(open("file", O_RDWR)));
			printf(" chmod %s,", word(chmod("file", 0)));
			printf(" nice %s,", word(setpriority(PRIO_PROCESS, 0, -1)));
			printf(" drop %s,", word(prctl(PR_CAPBSET_DROP, 40)));
			printf(" setgroups %s,", word(setgroups(0, NULL)));
			printf(" setuid %s\n", word(setuid(USER)));
			fflush(stdout);
			_exit(0);
		}
		waitpid(child, NULL, 0);
	}
}

static void ambient(void)
{
	printf("raise without inheritable: %s\n", word(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, KILL, 0, 0)));
	printf("inheritable: %s\n", word(set(all, all, BIT(KILL) | BIT(CHOWN))));
	printf("raise: %s\n", word(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, KILL, 0, 0)));
	prctl(PR_SET_KEEPCAPS, 1);
	if (setresgid(USER, USER, USER) != 0 || setresuid(USER, USER, USER) != 0)
		perror("setresuid");
	show("user");
	printf("raise again: %s\n", word(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, KILL, 0, 0)));
	printf("is set: %d %d\n", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, KILL, 0, 0), prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CHOWN, 0, 0));
	fflush(stdout);
	execl("/proc/self/exe", "test", "show", NULL);
	perror("exec");
}

static void bounded(void)
{
	for (int i = 0; i < 64; i++)
		if (i != KILL && i != SETUID)
			prctl(PR_CAPBSET_DROP, i);
	printf("bounding %s\n", set_name(sets().bounding));
	printf("read: %d %d\n", prctl(PR_CAPBSET_READ, KILL), prctl(PR_CAPBSET_READ, CHOWN));
	printf("inherit what is not in it: %s\n", word(set(all, all, BIT(CHOWN))));
	fflush(stdout);
	execl("/proc/self/exe", "test", "show", NULL);
	perror("exec");
}

static void no_root(void)
{
	printf("secure bits: %s\n", word(prctl(PR_SET_SECUREBITS, 1 | 2)));
	printf("unlock: %s\n", word(prctl(PR_SET_SECUREBITS, 0)));
	printf("get: %d\n", prctl(PR_GET_SECUREBITS));
	fflush(stdout);
	execl("/proc/self/exe", "test", "show", NULL);
	perror("exec");
}

static void plain_exec(void)
{
	prctl(PR_SET_KEEPCAPS, 1);
	set(0, BIT(KILL), BIT(KILL));
	fflush(stdout);
	execl("/proc/self/exe", "test", "show", NULL);
	perror("exec");
}

int main(int count, char **arguments)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} parts[] = {
#define P(part) { #part, part }
		P(dropped), P(kept), P(effective_user), P(without), P(ambient), P(bounded), P(no_root), P(plain_exec),
	};
	all = sets().bounding;
	if (count > 1 && !strcmp(arguments[1], "show")) {
		struct sets own = sets();
		printf("program: %s %d, keeps %d\n", own.permitted == own.bounding ? "bounding" : own.permitted ? "some" : "none",
		       own.effective == own.permitted, prctl(PR_GET_KEEPCAPS));
		return 0;
	}
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		printf("-- %s\n", parts[i].name);
		fflush(stdout);
		pid_t child = fork();
		if (child == 0) {
			parts[i].run();
			fflush(stdout);
			_exit(0);
		}
		int status;
		waitpid(child, &status, 0);
		if (status)
			printf("status %x\n", status);
	}
	return 0;
}
