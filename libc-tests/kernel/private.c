/* What a user may not see of the processes of others, and not set (proc(5), prlimit(2), get_robust_list(2)): those of
 * other users, of programs with more rights than he has, and of programs whose file he may not read. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { USER = 54325, GROUP = 54326 };

static char secret[16] = "in the file";
static int failed;

static void check(int holds, const char *who, const char *what)
{
	if (!holds) {
		printf("failed: %s, %s (%s)\n", who, what, strerror(errno));
		failed = 1;
	}
}

static void become(int real, int user, int group)
{
	if (setgroups(0, NULL) || setresgid(group, group, group) || setresuid(real, user, user))
		perror("setresuid");
}

/* A child that has become what it is to be. */
static pid_t other(int real, int user, int group, int dumpable)
{
	int ready[2];
	char byte;
	if (pipe(ready))
		perror("pipe");
	pid_t pid = fork();
	if (!pid) {
		become(real, user, group);
		prctl(PR_SET_DUMPABLE, dumpable);
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	if (read(ready[0], &byte, 1) != 1)
		perror("read");
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static int opened(pid_t pid, const char *name, int flags)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
	return open(path, flags);
}

static const char another_group[] = "one of another group";

/* Whether everything of it is seen, or everything is refused. */
static void looks(const char *who, pid_t pid, int seen)
{
	static const char *const files[] = { "maps", "environ", "fd", "fdinfo", "exe", "cwd", "root", "fd/0" };
	char path[64], target[4096];
	for (unsigned i = 0; i < sizeof files / sizeof *files; i++) {
		errno = 0;
		/* The last are links: following is refused. */
		int fd = opened(pid, files[i], i < 4 ? O_RDONLY : O_RDONLY | O_PATH);
		/* The list of descriptors has the owner's permissions, and is his whatever his group. */
		int listed = seen || (i == 2 && !strcmp(who, another_group));
		check(listed ? fd >= 0 : fd == -1 && errno == EACCES, who, files[i]);
		if (i < 2 && fd >= 0)
			check(read(fd, target, sizeof target) >= 0, who, files[i]);
		close(fd);
		if (i < 4)
			continue;
		snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, files[i]);
		errno = 0;
		ssize_t length = readlink(path, target, sizeof target);
		check(seen ? length > 0 : length == -1 && errno == EACCES, who, files[i]);
	}
	/* These are for everybody. */
	static const char *const open_files[] = { "stat", "status", "statm", "cmdline", "limits", "mounts" };
	for (unsigned i = 0; i < sizeof open_files / sizeof *open_files; i++) {
		int fd = opened(pid, open_files[i], O_RDONLY);
		ssize_t length = fd >= 0 ? read(fd, target, sizeof target - 1) : -1;
		check(length > 0, who, open_files[i]);
		close(fd);
		if (i)
			continue;
		/* But for addresses: where the heap begins is the 47th field. */
		target[length > 0 ? length : 0] = 0;
		char *at = strrchr(target, ')');
		for (int field = 2; at && field < 47; field++)
			at = strchr(at + 1, ' ');
		check(at && (strtoul(at, NULL, 10) != 0) == seen, who, "the heap in stat");
	}
}

/* Whether its limits may be asked for and set. */
static void limits(const char *who, pid_t pid, int granted)
{
	struct rlimit limit;
	errno = 0;
	int result = prlimit(pid, RLIMIT_FSIZE, NULL, &limit);
	check(granted ? !result : result == -1 && errno == EPERM, who, "limits are asked for");
	if (granted)
		check(!prlimit(pid, RLIMIT_FSIZE, &limit, NULL), who, "limits are set");
	else
		check(prlimit(pid, RLIMIT_FSIZE, &(struct rlimit){ 0, 0 }, NULL) == -1 && errno == EPERM, who, "limits are set");
}

static void robust(const char *who, pid_t pid, int granted)
{
	void *head;
	size_t length;
	errno = 0;
	long result = syscall(SYS_get_robust_list, pid, &head, &length);
	check(granted ? !result : result == -1 && errno == EPERM, who, "the list of robust locks");
}

static void all(const char *who, pid_t pid, int seen, int limited)
{
	looks(who, pid, seen);
	limits(who, pid, limited);
	robust(who, pid, seen);
}

/* Its program is replaced by one that he may not look into: what he opened before tells nothing of that. */
static void unreadable(const char *program)
{
	int in[2], out[2];
	char byte, bytes[16], text[4096];
	if (pipe(in) || pipe(out))
		perror("pipe");
	pid_t pid = fork();
	if (!pid) {
		char fds[2][16];
		snprintf(fds[0], sizeof *fds, "%d", in[0]);
		snprintf(fds[1], sizeof *fds, "%d", out[1]);
		if (read(in[0], &byte, 1) == 1)
			execl(program, program, fds[0], fds[1], NULL);
		_exit(9);
	}
	int maps = opened(pid, "maps", O_RDONLY), environ = opened(pid, "environ", O_RDONLY);
	struct iovec here = { bytes, sizeof bytes }, there = { secret, sizeof secret };
	check(maps >= 0 && environ >= 0, "before exec", "open");
	check(process_vm_readv(pid, &here, 1, &there, 1, 0) == sizeof secret, "before exec", "its memory");
	check(write(in[1], "", 1) == 1 && read(out[0], &byte, 1) == 1, "exec", "it runs");
	check(byte == '0', "an unreadable program", "PR_GET_DUMPABLE");
	errno = 0;
	check(process_vm_readv(pid, &here, 1, &there, 1, 0) == -1 && errno == EPERM, "an unreadable program", "its memory");
	looks("an unreadable program", pid, 0);
	check(read(maps, text, sizeof text) <= 0 && read(environ, text, sizeof text) <= 0, "opened before exec", "read");
	int status;
	check(write(in[1], "", 1) == 1 && waitpid(pid, &status, 0) == pid && status == 0, "exec", "it ends");
}

/* CAP_SYS_PTRACE, CAP_SYS_RESOURCE. */
enum { PTRACE = 19, RESOURCE = 24 };

static int has(int capability)
{
	char text[4096], *line;
	int file = open("/proc/self/status", O_RDONLY);
	ssize_t length = read(file, text, sizeof text - 1);
	close(file);
	text[length > 0 ? length : 0] = 0;
	line = strstr(text, "CapEff:");
	return line && strtoull(line + 7, NULL, 16) >> capability & 1;
}

static void copy(const char *from, const char *to)
{
	static char block[65536];
	ssize_t length;
	int in = open(from, O_RDONLY), out = open(to, O_CREAT | O_TRUNC | O_WRONLY, 0700);
	while ((length = read(in, block, sizeof block)) > 0)
		if (write(out, block, length) != length)
			perror("write");
	close(in);
	if (fchmod(out, 0111))
		perror("fchmod");
	close(out);
}

int main(int count, char **arguments)
{
	char byte;
	if (count > 2) {
		byte = '0' + prctl(PR_GET_DUMPABLE);
		return write(atoi(arguments[2]), &byte, 1) != 1 || read(atoi(arguments[1]), &byte, 1) != 1;
	}
	/* Who is not the superuser can try none of it. */
	if (getuid()) {
		puts("well");
		return 0;
	}
	copy("/proc/self/exe", "unreadable");
	chmod(".", 0755);
	pid_t roots = other(0, 0, 0, 1), own = other(USER, USER, GROUP, 1), hidden = other(USER, USER, GROUP, 0);
	pid_t strong = other(USER, 0, GROUP, 1), group = other(USER, USER, GROUP + 1, 1);
	/* A superuser in a container may have less than all rights. */
	if (has(PTRACE) && has(RESOURCE)) {
		all("the superuser looks", own, 1, 1);
		all("the superuser looks at what hides", hidden, 1, 1);
	}
	fflush(stdout);
	pid_t user = fork();
	if (!user) {
		become(USER, USER, GROUP);
		prctl(PR_SET_DUMPABLE, 1);
		all("root's", roots, 0, 0);
		all("his own", own, 1, 1);
		all("one that hides", hidden, 0, 1);
		all("one with root's rights", strong, 0, 0);
		all(another_group, group, 0, 0);
		all("himself", getpid(), 1, 1);
		prctl(PR_SET_DUMPABLE, 0);
		errno = 0;
		check(access("/proc/self/fd/0", F_OK) == 0 || errno == ENOENT, "hiding himself", "fd");
		check(open("/proc/self/fd", O_RDONLY | O_DIRECTORY) >= 0, "hiding himself", "the list of descriptors");
		check(open("/proc/self/maps", O_RDONLY) >= 0, "hiding himself", "maps");
		prctl(PR_SET_DUMPABLE, 1);
		unreadable("./unreadable");
		fflush(stdout);
		_exit(failed);
	}
	int status;
	waitpid(user, &status, 0);
	kill(roots, SIGKILL);
	kill(own, SIGKILL);
	kill(hidden, SIGKILL);
	kill(strong, SIGKILL);
	kill(group, SIGKILL);
	while (wait(NULL) > 0)
		;
	unlink("unreadable");
	puts(failed || status ? "failed" : "well");
	return failed || status;
}
