/* Record locks: what closing releases, how a lock is told, three processes in a circle; and flock(2)'s arguments. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef F_OFD_GETLK
#define F_OFD_GETLK 36
#define F_OFD_SETLK 37
#endif

static int lock(int fd, int command, int type, off_t start, off_t length)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length };
	return fcntl(fd, command, &lock);
}

/* Prints what stands in the way of an exclusive lock of another open file. */
static void show(const char *what, int fd, off_t start)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = start };
	assert(fcntl(fd, F_OFD_GETLK, &lock) == 0);
	if (lock.l_type == F_UNLCK) {
		printf("%s: free\n", what);
		return;
	}
	printf("%s: %s from %lld, %lld bytes, %s\n", what, lock.l_type == F_WRLCK ? "exclusive" : "shared",
	       (long long)lock.l_start, (long long)lock.l_len,
	       lock.l_pid == -1 ? "an open file's" : lock.l_pid == getpid() ? "ours" : "another's");
}

static void ranges(int file, int other)
{
	assert(lock(file, F_SETLK, F_WRLCK, 0, 100) == 0);
	assert(lock(file, F_SETLK, F_UNLCK, 40, 20) == 0);
	assert(lock(file, F_SETLK, F_RDLCK, 10, 5) == 0);
	for (off_t start = 0; start <= 100; start += 5) {
		char what[40];
		snprintf(what, sizeof what, "from %d", (int)start);
		show(what, other, start);
	}
	assert(lock(file, F_SETLK, F_WRLCK, 0, 0) == 0);
	show("joined", other, 0);
	assert(lock(file, F_SETLK, F_UNLCK, 0, 0) == 0);
	/* The last byte that a file can have is its end, too. */
	assert(lock(file, F_SETLK, F_WRLCK, LLONG_MAX, 1) == 0);
	show("the last byte", other, 0);
	assert(lock(file, F_SETLK, F_UNLCK, 0, 0) == 0);
}

static void closing(int file, int other)
{
	assert(lock(file, F_SETLK, F_WRLCK, 20, 5) == 0);
	assert(lock(file, F_OFD_SETLK, F_WRLCK, 0, 10) == 0);
	close(open("file", O_PATH));
	show("a place was closed", other, 15);
	close(open("/dev/null", O_RDONLY));
	show("another file was closed", other, 15);
	close(open("file", O_RDONLY));
	show("the file was closed once", other, 15);
	show("and the open file's", other, 0);
	assert(lock(file, F_SETLK, F_WRLCK, 20, 5) == 0);
	int copy = dup(other);
	assert(dup2(1, copy) == copy);
	close(copy);
	show("a descriptor was replaced", other, 15);
	assert(lock(file, F_OFD_SETLK, F_UNLCK, 0, 0) == 0);
}

static void circle(int file)
{
	int ready[2], go[2];
	pid_t child[2];
	char byte;
	assert(pipe(ready) == 0 && pipe(go) == 0);
	assert(lock(file, F_SETLK, F_WRLCK, 0, 1) == 0);
	for (int i = 0; i < 2; i++) {
		child[i] = fork();
		if (child[i] == 0) {
			assert(lock(file, F_SETLK, F_WRLCK, i + 1, 1) == 0);
			assert(write(ready[1], "x", 1) == 1 && read(go[0], &byte, 1) == 1);
			/* Each waits for the one before. */
			_exit(lock(file, F_SETLKW, F_WRLCK, i, 1) == 0 ? 0 : errno);
		}
		assert(read(ready[0], &byte, 1) == 1);
	}
	assert(write(go[1], "xx", 2) == 2);
	/* Whoever comes last would wait for itself; the others get what they wait for. */
	int circles = lock(file, F_SETLKW, F_WRLCK, 2, 1) == -1 && errno == EDEADLK;
	assert(lock(file, F_SETLK, F_UNLCK, 0, 0) == 0);
	for (int i = 0; i < 2; i++) {
		int status;
		assert(waitpid(child[i], &status, 0) == child[i] && WIFEXITED(status));
		assert(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == EDEADLK);
		circles += WEXITSTATUS(status) == EDEADLK;
	}
	printf("circles: %d\n", circles);
}

static void whole(int file)
{
	int path = open("file", O_PATH);
	assert(flock(path, LOCK_SH) == -1 && errno == EBADF);
	assert(flock(-1, LOCK_UN) == -1 && errno == EBADF);
	assert(flock(-1, LOCK_SH | LOCK_EX) == -1 && errno == EINVAL);
	assert(flock(path, 0) == -1 && errno == EINVAL);
	assert(flock(file, LOCK_NB) == -1 && errno == EINVAL);
	close(path);
}

int main(void)
{
	int file = open("file", O_RDWR | O_CREAT, 0600), other = open("file", O_RDWR);
	assert(file >= 0 && other >= 0);
	ranges(file, other);
	closing(file, other);
	whole(file);
	circle(file);
	return 0;
}
