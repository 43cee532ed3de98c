/* What epoll tells of an edge, how deep instances nest, and what a UNIX socket keeps together or apart. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static int epoll;

static void add(int fd, unsigned events)
{
	struct epoll_event event = { .events = events };
	assert(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0);
}

static void show(const char *what)
{
	struct epoll_event event = { 0 };
	int count = epoll_wait(epoll, &event, 1, 0);
	printf("%s: %d, %#x\n", what, count, count > 0 ? event.events : 0);
}

static void edges(void)
{
	uint64_t value;
	char bytes[8];
	int semaphore = eventfd(3, EFD_NONBLOCK | EFD_SEMAPHORE), ends[2];
	add(semaphore, EPOLLIN | EPOLLET);
	show("a semaphore of three");
	assert(read(semaphore, &value, 8) == 8);
	show("one taken");
	value = 1;
	assert(write(semaphore, &value, 8) == 8);
	show("one given");
	close(semaphore);
	for (int kind = 0; kind < 2; kind++) {
		assert(socketpair(AF_UNIX, kind ? SOCK_SEQPACKET : SOCK_DGRAM, 0, ends) == 0);
		add(ends[0], EPOLLIN | EPOLLOUT | EPOLLET);
		show("a pair");
		assert(send(ends[1], "abc", 3, 0) == 3 && send(ends[1], "d", 1, 0) == 1);
		show("two messages");
		assert(recv(ends[0], bytes, 8, 0) == 3);
		show("one received");
		assert(send(ends[0], "e", 1, 0) == 1);
		show("one sent");
		close(ends[0]);
		close(ends[1]);
	}
}

static void depth(void)
{
	int chain[6];
	for (int i = 0; i < 6; i++) {
		struct epoll_event event = { .events = EPOLLIN };
		chain[i] = epoll_create1(0);
		assert(chain[i] >= 0);
		if (i > 0 && i < 5)
			assert(epoll_ctl(chain[i], EPOLL_CTL_ADD, chain[i - 1], &event) == 0);
	}
	struct epoll_event event = { .events = EPOLLIN };
	assert(epoll_ctl(chain[0], EPOLL_CTL_ADD, chain[4], &event) == -1 && errno == ELOOP);
	for (int i = 0; i < 6; i++)
		close(chain[i]);
}

/* Sends two bytes, with a descriptor if `fd` is one. */
static void give(int socket, const char *bytes, int fd)
{
	union { char bytes[CMSG_SPACE(sizeof fd)]; struct cmsghdr header; } control = { .bytes = { 0 } };
	struct iovec vector = { (void *)bytes, 2 };
	struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
	if (fd >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof control;
		control.header = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd) };
		memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
	}
	assert(sendmsg(socket, &message, 0) == 2);
}

/* Descriptors end a receive, after their bytes (unix(7)). */
static void barrier(void)
{
	int ends[2];
	char bytes[20];
	assert(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
	give(ends[0], "ab", -1);
	give(ends[0], "cd", 0);
	give(ends[0], "ef", 0);
	give(ends[0], "gh", -1);
	for (int i = 0; i < 4; i++) {
		union { char bytes[CMSG_SPACE(8 * sizeof(int))]; struct cmsghdr header; } control;
		struct iovec vector = { bytes, sizeof bytes };
		struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control,
					  .msg_controllen = sizeof control };
		ssize_t got = recvmsg(ends[1], &message, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (got < 0) {
			assert(errno == EAGAIN);
			puts("nothing more");
			continue;
		}
		printf("%.*s, control data %d\n", (int)got, bytes, message.msg_controllen > 0);
		if (message.msg_controllen > 0) {
			int fd;
			memcpy(&fd, CMSG_DATA(&control.header), sizeof fd);
			close(fd);
		}
	}
	give(ends[0], "ab", -1);
	give(ends[0], "cd", 0);
	assert(read(ends[1], bytes, sizeof bytes) == 4 && !memcmp(bytes, "abcd", 4));
	/* No bytes are wanted, but there is neither anything nor an end. */
	assert(recv(ends[1], bytes, 0, MSG_DONTWAIT) == -1 && errno == EAGAIN);
	assert(read(ends[1], bytes, 0) == 0);
	struct iovec vectors[2] = { { bytes, 1 }, { bytes, 1 } };
	struct msghdr message = { .msg_iov = vectors, .msg_iovlen = 1025 };
	assert(sendmsg(ends[0], &message, 0) == -1 && errno == EMSGSIZE);
	assert(recvmsg(ends[0], &message, MSG_DONTWAIT) == -1 && errno == EMSGSIZE);
	assert(socket(AF_UNIX, 4, 2) == -1 && errno == EPROTONOSUPPORT);
	assert(socket(AF_UNIX, 4, 0) == -1 && errno == ESOCKTNOSUPPORT);
}

int main(void)
{
	epoll = epoll_create1(0);
	edges();
	depth();
	barrier();
	return 0;
}
