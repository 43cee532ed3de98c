/* openat2(2): each restriction with links, "..", absolute paths, mounts and magic links; what its structure may hold. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SYS_OPENAT2 437
enum { NO_XDEV = 1, NO_MAGICLINKS = 2, NO_SYMLINKS = 4, BENEATH = 8, IN_ROOT = 16 };

struct how {
	unsigned long long flags, mode, resolve;
};

static const char *outcome(int directory, const char *path, unsigned long long flags, unsigned long long resolve)
{
	struct how how = { flags, 0, resolve };
	int fd = syscall(SYS_OPENAT2, directory, path, &how, sizeof how);
	if (fd >= 0) {
		close(fd);
		return "ok";
	}
	switch (errno) {
	case EXDEV: return "EXDEV";
	case ELOOP: return "ELOOP";
	case ENOENT: return "ENOENT";
	case ENOTDIR: return "ENOTDIR";
	case EINVAL: return "EINVAL";
	case EAGAIN: return "EAGAIN";
	case EISDIR: return "EISDIR";
	default: return strerror(errno);
	}
}

static void file(const char *name)
{
	int fd = open(name, O_CREAT | O_WRONLY, 0600);
	assert(fd >= 0 && close(fd) == 0);
}

static const unsigned long long restrictions[] = {
	0, NO_XDEV, NO_MAGICLINKS, NO_SYMLINKS, BENEATH, IN_ROOT, NO_XDEV | BENEATH, NO_SYMLINKS | BENEATH,
	NO_MAGICLINKS | IN_ROOT, NO_SYMLINKS | IN_ROOT, BENEATH | IN_ROOT,
};

static void table(const char *title, int directory, const char *const *paths)
{
	for (; *paths; paths++) {
		printf("%s \"%s\":", title, *paths);
		for (unsigned i = 0; i < sizeof restrictions / sizeof *restrictions; i++) {
			printf(" %s", outcome(directory, *paths, O_RDONLY, restrictions[i]));
			printf(",%s", outcome(directory, *paths, O_PATH | O_NOFOLLOW, restrictions[i]));
		}
		puts("");
	}
}

/* What the fields and the size may be. */
static void structure(int directory)
{
	static const struct { unsigned long long flags, mode, resolve; size_t size; } tries[] = {
		{ 0, 0, 0, 0 }, { 0, 0, 0, 23 }, { 0, 0, 0, 25 }, { 0, 0, 0, 64 }, { 0, 0644, 0, 24 },
		{ O_CREAT, 010644, 0, 24 }, { O_CREAT | O_DIRECTORY, 0644, 0, 24 }, { 1ull << 31, 0, 0, 24 },
		{ 1ull << 32, 0, 0, 24 }, { O_PATH | O_RDWR, 0, 0, 24 }, { O_PATH | O_CLOEXEC, 0, 0, 24 },
		{ 0, 0, 0x40, 24 }, { 0, 0, 1ull << 63, 24 },
	};
	for (unsigned i = 0; i < sizeof tries / sizeof *tries; i++) {
		struct { struct how how; char more[40]; } both = { .how = { tries[i].flags, tries[i].mode, tries[i].resolve } };
		int fd = syscall(SYS_OPENAT2, directory, "file", &both, tries[i].size);
		printf("structure %u: %s\n", i, fd >= 0 ? "ok" : errno == EINVAL ? "EINVAL" : strerror(errno));
		if (fd >= 0)
			close(fd);
	}
	struct { struct how how; char more[8]; } longer = { .more = { 0, 0, 0, 1 } };
	int fd = syscall(SYS_OPENAT2, directory, "file", &longer, sizeof longer.how + 3);
	assert(fd >= 0 && close(fd) == 0);
	assert(syscall(SYS_OPENAT2, directory, "file", &longer, sizeof longer) == -1 && errno == E2BIG);
	assert(syscall(SYS_OPENAT2, directory, "file", (void *)8, sizeof longer.how) == -1 && errno == EFAULT);
}

int main(void)
{
	static const char *const paths[] = {
		"file", "sub", "sub/..", "sub/../file", "..", "../out", "sub/../../out", ".", "to_file", "to_out", "up",
		"up/out", "self/file", "loop", "sub/upup/out", "/", "/dev", "/proc/self/exe", "file/", "file/.", "missing",
		"missing/", "dangling", "magic", "", NULL,
	};
	static const char *const from_file[] = { "file", "/", ".", NULL };
	static const char *const from_proc[] = { "exe", "cwd", "root", "stat", "..", "../self/stat", "/dev/null", "/", NULL };
	assert(mkdir("d", 0700) == 0 && mkdir("d/sub", 0700) == 0);
	file("d/file");
	file("out");
	assert(symlink("file", "d/to_file") == 0 && symlink("../out", "d/to_out") == 0 && symlink("..", "d/up") == 0);
	assert(symlink(".", "d/self") == 0 && symlink("loop", "d/loop") == 0 && symlink("../..", "d/sub/upup") == 0);
	assert(symlink("nowhere", "d/dangling") == 0 && symlink("/proc/self/exe", "d/magic") == 0);
	int directory = open("d", O_RDONLY | O_DIRECTORY), plain = open("d/file", O_RDONLY);
	int proc = open("/proc/self", O_RDONLY | O_DIRECTORY);
	assert(directory >= 0 && plain >= 0 && proc >= 0);
	table("d", directory, paths);
	table("file", plain, from_file);
	table("proc", proc, from_proc);
	structure(directory);
	/* A path that starts at the root crosses nothing, wherever the working directory is. */
	assert(chdir("/proc") == 0);
	printf("from /proc: %s\n", outcome(AT_FDCWD, "/", O_RDONLY, NO_XDEV));
	return 0;
}
