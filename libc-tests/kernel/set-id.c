/* Who changes the contents of a file without CAP_FSETID takes its set-user-ID and set-group-ID bits (inode(7)). */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OTHER = 12345 };

static void by_write(int fd) { assert(write(fd, "x", 1) == 1); }
static void by_nothing(int fd) { assert(write(fd, "", 0) == 0); }
static void by_pwrite(int fd) { assert(pwrite(fd, "x", 1, 1) == 1); }
static void by_writev(int fd)
{
	struct iovec part = { "x", 1 };
	assert(writev(fd, &part, 1) == 1);
}
static void by_ftruncate(int fd) { assert(ftruncate(fd, 4) == 0); }
static void by_same_size(int fd) { assert(ftruncate(fd, 4) == 0); }
static void by_truncate(int fd)
{
	(void)fd;
	assert(truncate("file", 2) == 0);
}
static void by_open(int fd)
{
	(void)fd;
	assert((fd = open("file", O_WRONLY | O_TRUNC)) >= 0 && close(fd) == 0);
}
static void by_plain_open(int fd)
{
	(void)fd;
	assert((fd = open("file", O_RDWR)) >= 0 && close(fd) == 0);
}
static void by_sendfile(int fd)
{
	int from = open("text", O_RDONLY);
	assert(from >= 0 && sendfile(fd, from, NULL, 3) == 3 && close(from) == 0);
}
static void by_splice(int fd)
{
	int ends[2];
	assert(pipe(ends) == 0 && write(ends[1], "abc", 3) == 3);
	assert(splice(ends[0], NULL, fd, NULL, 3, 0) == 3);
	close(ends[0]);
	close(ends[1]);
}
static void by_fallocate(int fd)
{
	/* Not every file system has it. */
	if (fallocate(fd, 0, 0, 8192) != 0) {
		assert(errno == EOPNOTSUPP);
		by_write(fd);
	}
}

static int failed;

static const struct { const char *name; void (*change)(int); int changes; } ways[] = {
	{ "write", by_write, 1 },
	{ "write of nothing", by_nothing, 0 },
	{ "pwrite", by_pwrite, 1 },
	{ "writev", by_writev, 1 },
	{ "ftruncate", by_ftruncate, 1 },
	{ "ftruncate to the same size", by_same_size, 1 },
	{ "truncate", by_truncate, 1 },
	{ "O_TRUNC", by_open, 1 },
	{ "open", by_plain_open, 0 },
	{ "sendfile", by_sendfile, 1 },
	{ "splice", by_splice, 1 },
	{ "fallocate", by_fallocate, 1 },
};

/* The bits go; without group execution the set-group-ID bit only where the changer is no member. */
static mode_t expected(mode_t mode, int owned)
{
	mode_t bits = S_ISUID;
	if (mode & S_IXGRP || !owned)
		bits |= S_ISGID;
	return mode & ~bits;
}

/* Somebody without rights, who owns the file or does not, changes it in each way. */
static void change(mode_t mode, int owned)
{
	for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++) {
		int fd = open("file", O_CREAT | O_RDWR | O_TRUNC, 0777);
		assert(fd >= 0 && ftruncate(fd, 4) == 0);
		if (geteuid() == 0)
			assert(fchown(fd, owned ? OTHER : 0, owned ? OTHER : 0) == 0);
		assert(fchmod(fd, mode) == 0);
		pid_t child = fork();
		assert(child >= 0);
		if (child == 0) {
			if (geteuid() == 0)
				assert(setgid(OTHER) == 0 && setuid(OTHER) == 0);
			ways[i].change(fd);
			_exit(0);
		}
		int status;
		struct stat after;
		assert(waitpid(child, &status, 0) == child && status == 0);
		assert(fstat(fd, &after) == 0);
		mode_t left = ways[i].changes ? expected(mode, owned) : mode;
		if ((after.st_mode & 07777) != left) {
			printf("%o, %s, %s: %o\n", mode, owned ? "own" : "another's", ways[i].name, after.st_mode & 07777);
			failed = 1;
		}
		close(fd);
	}
}

int main(void)
{
	int text = open("text", O_CREAT | O_WRONLY, 0644);
	assert(text >= 0 && write(text, "text", 4) == 4 && close(text) == 0);
	assert(chmod(".", 0777) == 0);
	static const mode_t modes[] = { 06777, 04767, 02777, 02767, 01777 };
	for (unsigned i = 0; i < sizeof modes / sizeof *modes; i++)
		change(modes[i], 1);
	if (geteuid() != 0)
		return failed;
	for (unsigned i = 0; i < sizeof modes / sizeof *modes; i++)
		change(modes[i], 0);
	/* Root keeps them. */
	int fd = open("file", O_WRONLY | O_TRUNC);
	struct stat after;
	assert(fd >= 0 && fchmod(fd, 06777) == 0 && write(fd, "x", 1) == 1 && ftruncate(fd, 0) == 0);
	assert(fstat(fd, &after) == 0 && (after.st_mode & 07777) == 06777);
	return failed;
}
