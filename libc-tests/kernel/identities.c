/* exec of programs with set-user-ID and set-group-ID bits: identities, AT_SECURE, no_new_privs, dumpable. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

static void check(int holds, const char *what)
{
	if (!holds) {
		printf("failed: %s (%s)\n", what, strerror(errno));
		exit(1);
	}
}

/* What the program with the bits finds. */
static int tell(void)
{
	uid_t user[3];
	gid_t group[3];
	int signal = -1;
	getresuid(&user[0], &user[1], &user[2]);
	getresgid(&group[0], &group[1], &group[2]);
	prctl(PR_GET_PDEATHSIG, &signal);
	printf("users %d %d %d, groups %d %d %d, secure %lu, dumpable %d, death signal %d\n", user[0], user[1], user[2],
	       group[0], group[1], group[2], getauxval(AT_SECURE), prctl(PR_GET_DUMPABLE) == 1, signal);
	return 0;
}

static void run(const char *program, const char *what, mode_t mode, uid_t caller, int no_new_privileges)
{
	int status;
	check(!chmod(program, mode), "chmod");
	printf("%s: ", what);
	fflush(stdout);
	pid_t child = fork();
	check(child >= 0, "fork");
	if (!child) {
		if (no_new_privileges)
			prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (setresgid(caller, caller, caller) || setresuid(caller, caller, caller))
			_exit(1);
		prctl(PR_SET_PDEATHSIG, 10);
		prctl(PR_SET_DUMPABLE, 0);
		execl(program, program, "tell", NULL);
		_exit(2);
	}
	check(waitpid(child, &status, 0) == child && status == 0, what);
}

int main(int argc, char **argv)
{
	char folder[] = "/tmp/identity-XXXXXX", program[64], buffer[65536];
	struct statvfs system;
	ssize_t length;
	if (argc > 1 && !strcmp(argv[1], "tell"))
		return tell();
	check(mkdtemp(folder) != NULL, "mkdtemp");
	/* Only the superuser can give files away, and only where the bits count. */
	if (geteuid() != 0 || statvfs(folder, &system) || system.f_flag & ST_NOSUID) {
		rmdir(folder);
		puts("not here");
		return 0;
	}
	check(!chmod(folder, 0755), "chmod");
	snprintf(program, sizeof program, "%s/program", folder);
	int from = open("/proc/self/exe", O_RDONLY), to = open(program, O_CREAT | O_WRONLY, 0755);
	check(from >= 0 && to >= 0, "open");
	while ((length = read(from, buffer, sizeof buffer)) > 0)
		check(write(to, buffer, (size_t)length) == length, "write");
	close(from);
	close(to);
	check(!chown(program, 1001, 1002), "chown");
	run(program, "no bits", 0755, 1000, 0);
	run(program, "user", 04755, 1000, 0);
	run(program, "group", 02755, 1000, 0);
	run(program, "group without execution", 02745, 1000, 0);
	run(program, "both", 06755, 1000, 0);
	run(program, "both by root", 06755, 0, 0);
	run(program, "both by their owner", 06755, 1001, 0);
	run(program, "no new privileges", 06755, 1000, 1);
	check(!unlink(program) && !rmdir(folder), "rmdir");
	return 0;
}
