/* A call that finds no free descriptor (EMFILE) has done nothing. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static struct rlimit limit;

static void set(rlim_t most)
{
	limit.rlim_cur = most;
	assert(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

static void fails(const char *what, int result)
{
	const char *error = errno == EMFILE ? "EMFILE" : errno == ENOENT ? "ENOENT" : errno == EAGAIN ? "EAGAIN" : "?";
	printf("%s: %s\n", what, result >= 0 ? "done" : error);
}

static off_t size(const char *name)
{
	struct stat status;
	return stat(name, &status) == 0 ? status.st_size : -1;
}

int main(void)
{
	int fd = open("/dev/null", O_RDONLY);
	assert(dup2(fd, 0) == 0 && (fd == 0 || close(fd) == 0));
	assert(getrlimit(RLIMIT_NOFILE, &limit) == 0);

	fd = open("kept", O_CREAT | O_WRONLY, 0600);
	assert(fd >= 0 && write(fd, "contents", 8) == 8 && close(fd) == 0);
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "socket" };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
	assert(bind(listener, (void *)&address, sizeof address) == 0 && listen(listener, 3) == 0);
	assert(connect(client, (void *)&address, sizeof address) == 0);
	assert(mkfifo("fifo", 0600) == 0);
	mq_unlink("/full-table");
	int pair[2] = { -1, -1 };

	rlim_t most = limit.rlim_cur;
	int free = dup(0);
	assert(free >= 0 && close(free) == 0);
	set(free);
	fails("open of a file", open("kept", O_WRONLY | O_TRUNC));
	fails("open of none", open("none", O_RDONLY));
	fails("open to make one", open("made", O_CREAT | O_WRONLY, 0600));
	/* It does not wait for the other side. */
	fails("open of a FIFO", open("fifo", O_RDONLY));
	fails("O_TMPFILE", open(".", O_TMPFILE | O_RDWR, 0600));
	fails("accept", accept(listener, NULL, NULL));
	fails("mq_open", mq_open("/full-table", O_CREAT | O_RDWR, 0600, NULL));
	fails("pipe", pipe(pair));
	fails("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	set(most);

	printf("the file has %d bytes, the other %d\n", (int)size("kept"), (int)size("made"));
	fd = accept(listener, NULL, NULL);
	fails("accept", fd >= 0 ? 0 : fd);
	assert(write(client, "x", 1) == 1);
	char byte = 0;
	assert(read(fd, &byte, 1) == 1 && byte == 'x' && close(fd) == 0);
	fails("mq_open", mq_open("/full-table", O_RDWR));

	/* One is left: a pair takes none of it. */
	free = dup(0);
	assert(free >= 0 && close(free) == 0);
	set(free + 1);
	fails("pipe", pipe(pair));
	fails("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	fd = dup(0);
	printf("%d: the descriptor is free\n", fd == free);
	assert(close(fd) == 0);

	/* A failed call gives its descriptor back. */
	for (int i = 0; i < 3; i++)
		fails("open of none", open("none", O_RDONLY));
	fails("accept of nobody", accept(listener, NULL, NULL));
	fails("dup", dup(0) == fd ? 0 : -1);
	return 0;
}
