/* Users, groups and capabilities belong to a thread; the C library makes them a process's (setuid(2), "C library/kernel
 * differences"; capabilities(7)). Calls made past it change the caller alone. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OTHER = 12345, CAP_CHOWN = 0, VERSION_3 = 0x20080522 };

/* What capget(2) and capset(2) take. */
struct header {
	unsigned version;
	int pid;
};
struct sets {
	unsigned effective, permitted, inheritable;
};

static pthread_barrier_t turn;

static void show_identity(const char *who)
{
	unsigned real, effective, saved, groups[64];
	syscall(SYS_getresuid, &real, &effective, &saved);
	long count = syscall(SYS_getgroups, 64, groups);
	printf("%s: users %u %u %u, group %u, first of groups %d\n", who, real, effective, saved, (unsigned)syscall(SYS_getegid),
	       count == 1 ? (int)groups[0] : -1);
}

/* The first number of a line of a thread's status. */
static long status_of(const char *directory, const char *key)
{
	char path[64], line[256];
	snprintf(path, sizeof path, "/proc/self/%s/status", directory);
	FILE *file = fopen(path, "r");
	assert(file);
	long value = -1;
	while (fgets(line, sizeof line, file))
		if (strncmp(line, key, strlen(key)) == 0)
			value = strtol(line + strlen(key), NULL, key[0] == 'C' ? 16 : 10);
	fclose(file);
	return value;
}

static void try_file(const char *who)
{
	int fd = open("secret", O_RDONLY);
	printf("%s: open: %s, setpriority: ", who, fd < 0 ? strerror(errno) : "yes");
	close(fd);
	/* Of its own: a thread with other identities may not become less nice. */
	long answer = syscall(SYS_setpriority, 0, 0, -1);
	printf("%s\n", answer < 0 ? strerror(errno) : "yes");
}

static void *inheritor(void *unused)
{
	show_identity("made by the thread");
	return unused;
}

static void *other(void *unused)
{
	unsigned group = OTHER;
	assert(syscall(SYS_setgroups, 1, &group) == 0);
	assert(syscall(SYS_setresgid, OTHER, OTHER, OTHER) == 0);
	assert(syscall(SYS_setresuid, OTHER, OTHER, OTHER) == 0);
	show_identity("thread");
	try_file("thread");
	char directory[32];
	snprintf(directory, sizeof directory, "task/%ld", syscall(SYS_gettid));
	printf("its status: %ld %ld\n", status_of(directory, "Uid:\t"), status_of(directory, "CapEff:\t"));
	printf("the process's: %ld, capabilities %d\n", status_of(".", "Uid:\t"), status_of(".", "CapEff:\t") != 0);
	pthread_t made;
	assert(pthread_create(&made, NULL, inheritor, NULL) == 0 && pthread_join(made, NULL) == 0);
	fflush(stdout);
	pid_t child = fork();
	assert(child >= 0);
	if (child == 0) {
		show_identity("forked by the thread");
		fflush(stdout);
		_exit(0);
	}
	assert(waitpid(child, NULL, 0) == child);
	pthread_barrier_wait(&turn);
	pthread_barrier_wait(&turn);
	return unused;
}

static void *without_chown(void *unused)
{
	struct header header = { VERSION_3, 0 };
	struct sets held[2], own[2];
	assert(syscall(SYS_capget, &header, held) == 0);
	held[0].effective &= ~(1u << CAP_CHOWN);
	assert(syscall(SYS_capset, &header, held) == 0);
	assert(syscall(SYS_capget, &header, own) == 0);
	printf("capget: %d, ", (int)(own[0].effective >> CAP_CHOWN & 1));
	header.pid = getpid();
	assert(syscall(SYS_capget, &header, own) == 0);
	printf("of the first thread: %d\n", (int)(own[0].effective >> CAP_CHOWN & 1));
	printf("without CAP_CHOWN: %s\n", chown("secret", OTHER, OTHER) < 0 ? strerror(errno) : "yes");
	return unused;
}

/* In a child: the thread that calls exec gives the program its own identities. */
static void *executes(void *self)
{
	assert(syscall(SYS_setresuid, OTHER, OTHER, OTHER) == 0);
	char *arguments[] = { self, "show", NULL };
	execv("/proc/self/exe", arguments);
	printf("execv: %s\n", strerror(errno));
	fflush(stdout);
	_exit(1);
}

static void *in_turns(void *count)
{
	/* Each change is read, edited and put back: another thread's must not be lost. */
	for (int i = 0; i < *(int *)count; i++)
		assert(syscall(SYS_setfsuid, i % 2 ? 0 : OTHER) >= 0);
	return NULL;
}

int main(int count, char **arguments)
{
	if (count > 1) {
		show_identity("executed by a thread");
		printf("its process: %ld\n", status_of(".", "Uid:\t"));
		return 0;
	}
	char directory[] = "/tmp/thread-identity-XXXXXX";
	assert(mkdtemp(directory) && chmod(directory, 0755) == 0 && chdir(directory) == 0);
	int fd = open("secret", O_CREAT | O_WRONLY, 0600);
	assert(fd >= 0 && close(fd) == 0);
	assert(setgroups(0, NULL) == 0);
	assert(pthread_barrier_init(&turn, NULL, 2) == 0);
	pthread_t thread;
	assert(pthread_create(&thread, NULL, other, NULL) == 0);
	pthread_barrier_wait(&turn);
	show_identity("first thread");
	try_file("first thread");
	pthread_barrier_wait(&turn);
	assert(pthread_join(thread, NULL) == 0);

	assert(pthread_create(&thread, NULL, without_chown, NULL) == 0 && pthread_join(thread, NULL) == 0);
	printf("with CAP_CHOWN: %s\n", chown("secret", 0, 0) < 0 ? strerror(errno) : "yes");

	fflush(stdout);
	pid_t child = fork();
	assert(child >= 0);
	if (child == 0) {
		assert(pthread_create(&thread, NULL, executes, arguments[0]) == 0);
		pthread_join(thread, NULL);
		_exit(1);
	}
	int status;
	assert(waitpid(child, &status, 0) == child && status == 0);

	int turns = 3000;
	assert(pthread_create(&thread, NULL, in_turns, &turns) == 0);
	for (int i = 0; i < 1000; i++) {
		assert(syscall(SYS_setresuid, -1, OTHER, 0) == 0);
		assert(syscall(SYS_geteuid) == OTHER);
		assert(syscall(SYS_setresuid, -1, 0, 0) == 0);
	}
	assert(pthread_join(thread, NULL) == 0);
	show_identity("at the end");
	assert(unlink("secret") == 0 && chdir("/") == 0 && rmdir(directory) == 0);
	return 0;
}
