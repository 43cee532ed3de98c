/* The ends of pipes: SIGPIPE also for a write that had begun, and a hang-up only for readers who saw the writer. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t signals;

static void note(int signal)
{
	(void)signal;
	signals++;
}

/* The reader takes a little and goes, while the writer has more than fits. */
static void cut_short(const char *what, int reader, int writer)
{
	static char much[4 << 20];
	pid_t child = fork();
	assert(child >= 0);
	if (child == 0) {
		close(writer);
		char bytes[4096];
		_exit(read(reader, bytes, sizeof bytes) != sizeof bytes);
	}
	close(reader);
	signals = 0;
	ssize_t got = write(writer, much, sizeof much);
	int status;
	assert(waitpid(child, &status, 0) == child && status == 0);
	printf("%s: %s, %d signals\n", what, got > 0 && got < (ssize_t)sizeof much ? "a part" : "not a part", (int)signals);
	signals = 0;
	got = write(writer, "x", 1);
	printf("and then: %s, %d signals\n", got == -1 && errno == EPIPE ? "EPIPE" : "?", (int)signals);
	close(writer);
}

static int events(int fd)
{
	struct pollfd polled = { .fd = fd, .events = POLLIN };
	assert(poll(&polled, 1, 0) >= 0);
	return polled.revents;
}

static void hang_ups(void)
{
	assert(mkfifo("fifo", 0600) == 0);
	int early = open("fifo", O_RDONLY | O_NONBLOCK);
	assert(early >= 0 && events(early) == 0);
	int writer = open("fifo", O_WRONLY);
	assert(writer >= 0 && write(writer, "x", 1) == 1 && close(writer) == 0);
	int late = open("fifo", O_RDONLY | O_NONBLOCK);
	assert(late >= 0);
	printf("early %#x, late %#x\n", events(early), events(late));
	char byte;
	assert(read(late, &byte, 1) == 1 && read(late, &byte, 1) == 0);
	printf("early %#x, late %#x\n", events(early), events(late));
	writer = open("fifo", O_WRONLY);
	assert(writer >= 0);
	printf("early %#x, late %#x\n", events(early), events(late));
	close(writer);
	printf("early %#x, late %#x\n", events(early), events(late));
	close(early);
	close(late);
}

int main(void)
{
	struct sigaction action = { .sa_handler = note };
	assert(sigaction(SIGPIPE, &action, NULL) == 0);
	int ends[2];
	assert(pipe(ends) == 0);
	cut_short("a pipe", ends[0], ends[1]);
	assert(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
	cut_short("a socket", ends[0], ends[1]);
	hang_ups();
	return 0;
}
