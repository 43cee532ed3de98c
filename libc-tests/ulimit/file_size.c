/* expect: not-musl takes a limit of 2^55 units and more modulo 2^64 bytes */
/* The limit on the size of files, in units of 512 bytes. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <ulimit.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void)
{
	int failed = 0;
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
	CHECK(UL_GETFSIZE == 1 && UL_SETFSIZE == 2);
	errno = 0;
	CHECK(ulimit(99) == -1 && errno == EINVAL);
	errno = 0;
	CHECK(ulimit(0) == -1 && errno == EINVAL);
	CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0 && ulimit(UL_GETFSIZE) == LONG_MAX);
	/* What is too much for the bytes to be counted is no limit. */
	CHECK(ulimit(UL_SETFSIZE, LONG_MAX) == LONG_MAX && ulimit(UL_GETFSIZE) == LONG_MAX);
	CHECK(ulimit(UL_SETFSIZE, 1L << 55) == LONG_MAX && ulimit(UL_GETFSIZE) == LONG_MAX);
	CHECK(getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY && limit.rlim_max == RLIM_INFINITY);
	/* A part of a unit does not count. */
	limit.rlim_cur = 1023;
	CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0 && ulimit(UL_GETFSIZE) == 1);
	CHECK(ulimit(UL_SETFSIZE, 20L) == 20 && ulimit(UL_GETFSIZE) == 20);
	CHECK(getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur == 20 * 512 && limit.rlim_max == 20 * 512);
	CHECK(ulimit(UL_SETFSIZE, 2L) == 2 && ulimit(4) == sysconf(_SC_OPEN_MAX));
	signal(SIGXFSZ, SIG_IGN);
	char bytes[2000] = {0};
	int file = open("limited", O_CREAT | O_RDWR, 0600);
	CHECK(write(file, bytes, sizeof bytes) == 1024);
	errno = 0;
	CHECK(write(file, bytes, 1) == -1 && errno == EFBIG);
	/* Raising it again is for the superuser alone. */
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		if (setresuid(12345, 12345, 12345))
			_exit(0);
		errno = 0;
		_exit(ulimit(UL_SETFSIZE, 3L) != -1 || errno != EPERM);
	}
	int status = -1;
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	return failed;
}
