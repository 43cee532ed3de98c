/* What is rarely asked of descriptors, files and sockets: seals of execution, names for what lost them, writes of nothing,
 * tables of descriptors, messages without addresses. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif
#ifndef SO_COOKIE
#define SO_COOKIE 57
#endif
#ifndef F_SEAL_EXEC
#define F_SEAL_EXEC 0x20
#endif
enum { UNSHARE = 2, CONTENTS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE };

static int failed;

static void check(int holds, const char *what)
{
	if (!holds) {
		printf("failed: %s (%s)\n", what, strerror(errno));
		failed = 1;
	}
}

static int fails(long result, int error)
{
	return result == -1 && errno == error;
}

static void seals(void)
{
	int file = memfd_create("plain", MFD_ALLOW_SEALING);
	check(!fchmod(file, 0666) && !fcntl(file, F_ADD_SEALS, F_SEAL_EXEC), "F_SEAL_EXEC");
	check(fails(fchmod(file, 0777), EPERM) && fails(fchmod(file, 0676), EPERM), "what is sealed does not become executable");
	check(!fchmod(file, 0600), "other permissions may change");
	check(fcntl(file, F_GET_SEALS) == F_SEAL_EXEC && write(file, "x", 1) == 1, "the contents are open");
	close(file);
	file = memfd_create("program", MFD_ALLOW_SEALING);
	check(!fchmod(file, 0711) && !ftruncate(file, 4096), "an executable file");
	char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	check(fails(fcntl(file, F_ADD_SEALS, F_SEAL_EXEC), EBUSY) && fcntl(file, F_GET_SEALS) == 0, "it is mapped for writing");
	munmap(map, 4096);
	check(!fcntl(file, F_ADD_SEALS, F_SEAL_EXEC), "F_SEAL_EXEC of a program");
	check(fcntl(file, F_GET_SEALS) == (F_SEAL_EXEC | CONTENTS), "it seals the contents as well");
	check(fails(write(file, "x", 1), EPERM) && fails(fchmod(file, 0600), EPERM), "a sealed program stays as it is");
	close(file);
	puts("seals");
}

static int link_descriptor(int fd, const char *name)
{
	char path[40];
	sprintf(path, "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, path, AT_FDCWD, name, AT_SYMLINK_FOLLOW);
}

static void names(void)
{
	int fd = open("lost", O_CREAT | O_RDWR, 0600);
	check(fd >= 0 && !unlink("lost"), "a file loses its name");
	check(fails(link_descriptor(fd, "found"), ENOENT), "and gets no other");
	close(fd);
	fd = open(".", O_TMPFILE | O_RDWR, 0600);
	if (fd >= 0) {
		check(!link_descriptor(fd, "first") && !link_descriptor(fd, "second"), "a file without a name gets some");
		check(!unlink("first") && !unlink("second"), "unlink");
		check(fails(link_descriptor(fd, "third"), ENOENT), "but not when it had lost them");
		close(fd);
		fd = open(".", O_TMPFILE | O_EXCL | O_RDWR, 0600);
		check(fd >= 0 && fails(link_descriptor(fd, "never"), ENOENT), "with O_EXCL it gets none");
		close(fd);
	} else {
		check(errno == EOPNOTSUPP, "O_TMPFILE");
	}
	puts("names");
}

static void nothing(void)
{
	struct stat before, after;
	struct timespec moment = { 0, 30000000 };
	int fd = open("file", O_CREAT | O_TRUNC | O_RDWR, 0600), p[2];
	check(write(fd, "0123456789", 10) == 10 && lseek(fd, 3, SEEK_SET) == 3, "a file");
	check(!fcntl(fd, F_SETFL, O_APPEND) && write(fd, "", 0) == 0, "write nothing");
	check(lseek(fd, 0, SEEK_CUR) == 3, "nothing moves the offset");
	check(write(fd, "x", 1) == 1 && lseek(fd, 0, SEEK_CUR) == 11, "something does");
	check(!fstat(fd, &before) && !nanosleep(&moment, NULL) && !fchown(fd, -1, -1) && !fstat(fd, &after), "fchown");
	check(after.st_ctim.tv_sec > before.st_ctim.tv_sec || after.st_ctim.tv_nsec != before.st_ctim.tv_nsec,
	      "a change to the same is a change");
	check(!pipe(p) && fcntl(p[1], F_SETPIPE_SZ, 0) == 4096, "a pipe of no size has a page");
	close(p[0]);
	close(p[1]);
	struct epoll_event event = { .events = EPOLLIN };
	check(fails(epoll_ctl(fd, EPOLL_CTL_ADD, fd, &event), EPERM), "first, what can't be watched");
	check(!pipe(p) && fails(epoll_ctl(fd, EPOLL_CTL_ADD, p[0], &event), EINVAL), "then, what does not watch");
	close(p[0]);
	close(p[1]);
	close(fd);
	unlink("file");
	puts("nothing");
}

static int kept;

static void *closes(void *argument)
{
	/* Where a thread can't have a table of its own, it is told so. */
	long result = syscall(SYS_close_range, kept, kept, UNSHARE);
	check(result == 0 || fails(result, EINVAL), "close_range of a thread");
	return argument;
}

static void tables(void)
{
	pthread_t thread;
	struct flock lock = { .l_type = F_WRLCK };
	kept = open("kept", O_CREAT | O_RDWR, 0600);
	check(!pthread_create(&thread, NULL, closes, NULL) && !pthread_join(thread, NULL), "a thread");
	check(fcntl(kept, F_GETFD) == 0, "the descriptor stays the others'");
	check(!fcntl(kept, F_SETLK, &lock), "a lock");
	close(kept);
	unlink("kept");
	puts("tables");
}

/* Who is the peer, and what a socket remembers. */
static void options(int alone)
{
	int p[2], process, value = 6;
	unsigned long long cookies[3] = { 0 };
	gid_t own[1000], groups[1000];
	socklen_t length = sizeof groups;
	check(!socketpair(AF_UNIX, SOCK_STREAM, 0, p), "socketpair");
	int count = getgroups(1000, own);
	check(!getsockopt(p[0], SOL_SOCKET, SO_PEERGROUPS, groups, &length) && length == count * sizeof *own &&
	      !memcmp(own, groups, length), "SO_PEERGROUPS");
	length = 0;
	int got = getsockopt(p[0], SOL_SOCKET, SO_PEERGROUPS, groups, &length);
	check((count ? fails(got, ERANGE) : got == 0) && length == count * sizeof *own, "SO_PEERGROUPS without room");
	check(fails(getsockopt(alone, SOL_SOCKET, SO_PEERGROUPS, groups, &length), ENODATA), "groups of nobody");
	length = sizeof process;
	check(!getsockopt(p[0], SOL_SOCKET, SO_PEERPIDFD, &process, &length) && fcntl(process, F_GETFD) == FD_CLOEXEC &&
	      !syscall(SYS_pidfd_send_signal, process, 0, NULL, 0), "SO_PEERPIDFD");
	check(fails(getsockopt(alone, SOL_SOCKET, SO_PEERPIDFD, &value, &length), ENODATA), "the process of nobody");
	for (int i = 0; i < 3; i++) {
		length = sizeof *cookies;
		check(!getsockopt(p[i & 1], SOL_SOCKET, SO_COOKIE, &cookies[i], &length) && length == 8, "SO_COOKIE");
	}
	check(cookies[0] == cookies[2] && cookies[0] != cookies[1], "each socket has its own number");
	length = 7;
	check(fails(getsockopt(p[0], SOL_SOCKET, SO_COOKIE, cookies, &length), EINVAL), "which has 8 bytes");
	length = sizeof value;
	check(!setsockopt(p[0], SOL_SOCKET, SO_PRIORITY, &value, sizeof value), "set SO_PRIORITY");
	check(!getsockopt(p[0], SOL_SOCKET, SO_PRIORITY, &value, &length) && value == 6, "SO_PRIORITY");
	check(!getsockopt(p[1], SOL_SOCKET, SO_PRIORITY, &value, &length) && value == 0, "SO_PRIORITY of another");
	close(process);
	close(p[0]);
	close(p[1]);
}

static void sockets(void)
{
	static const int kinds[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	for (int i = 0; i < 3; i++) {
		int p[2];
		char bytes[4];
		struct iovec vector = { bytes, sizeof bytes };
		struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_namelen = 77 };
		check(!socketpair(AF_UNIX, kinds[i], 0, p), "socketpair");
		check(sendto(p[0], "x", 1, 0, (void *)&address, 0) == 1, "an address without length is none");
		check(recvmsg(p[1], &message, 0) == 1 && message.msg_namelen == 77, "who asks for no name gets no length");
		close(p[0]);
		close(p[1]);
	}
	struct stat st;
	int s = socket(AF_UNIX, SOCK_STREAM, 0);
	options(s);
	strcpy(address.sun_path, "socket");
	umask(022);
	check(!fchmod(s, 0620) && !bind(s, (void *)&address, sizeof address), "bind");
	check(!stat("socket", &st) && (st.st_mode & 07777) == 0600, "a bound socket has the mode of the socket");
	close(s);
	unlink("socket");
	puts("sockets");
}

int main(void)
{
	seals();
	names();
	nothing();
	tables();
	sockets();
	return failed;
}
