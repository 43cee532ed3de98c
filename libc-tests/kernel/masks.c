/* The set of signals that pselect, ppoll and epoll_pwait take: what it lets in interrupts them, or goes on waiting when they have succeeded. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <unistd.h>

static volatile sig_atomic_t handled;

static void handler(int signal)
{
	(void)signal;
	handled++;
}

/* What the call did, and the next signal for it. */
static void show(const char *what, int answer)
{
	int error = answer < 0 ? errno : 0;
	sigset_t pending, mask;
	sigpending(&pending);
	sigprocmask(SIG_BLOCK, NULL, &mask);
	printf("%s: %d %s, handled %d, waits %d, blocked %d\n", what, answer, error ? strerror(error) : "", (int)handled,
	       sigismember(&pending, SIGUSR1), sigismember(&mask, SIGUSR1));
	handled = 0;
	kill(getpid(), SIGUSR1);
}

int main(void)
{
	sigset_t block, none;
	sigemptyset(&none);
	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	struct sigaction action = { .sa_handler = handler };
	sigaction(SIGUSR1, &action, NULL);
	sigprocmask(SIG_BLOCK, &block, NULL);
	int ends[2];
	assert(pipe(ends) == 0 && write(ends[1], "x", 1) == 1);
	kill(getpid(), SIGUSR1);

	struct pollfd entry = { .fd = ends[0], .events = POLLIN };
	struct timespec zero = { 0, 0 };
	show("ppoll, ready", ppoll(&entry, 1, NULL, &none));
	show("ppoll, ready, no time", ppoll(&entry, 1, &zero, &none));
	fd_set set;
	FD_ZERO(&set);
	FD_SET(ends[0], &set);
	show("pselect, ready", pselect(ends[0] + 1, &set, NULL, NULL, NULL, &none));
	int epoll = epoll_create1(0);
	struct epoll_event event = { .events = EPOLLIN }, out;
	assert(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event) == 0);
	show("epoll_pwait, ready", epoll_pwait(epoll, &out, 1, -1, &none));

	char byte;
	assert(read(ends[0], &byte, 1) == 1);
	show("ppoll, no time", ppoll(&entry, 1, &zero, &none));
	FD_ZERO(&set);
	FD_SET(ends[0], &set);
	show("pselect, no time", pselect(ends[0] + 1, &set, NULL, NULL, &zero, &none));
	show("epoll_pwait, no time", epoll_pwait(epoll, &out, 1, 0, &none));
	show("ppoll", ppoll(&entry, 1, NULL, &none));
	FD_ZERO(&set);
	FD_SET(ends[0], &set);
	show("pselect", pselect(ends[0] + 1, &set, NULL, NULL, NULL, &none));
	show("epoll_pwait", epoll_pwait(epoll, &out, 1, -1, &none));

	FD_ZERO(&set);
	/* Not above 63: what lies beyond the table of descriptors, which has 64 places at least, Linux leaves out of select. */
	FD_SET(63, &set);
	show("pselect, bad descriptor", pselect(64, &set, NULL, NULL, NULL, &none));
	show("epoll_pwait, bad descriptor", epoll_pwait(99, &out, 1, -1, &none));
	show("ppoll, the signal blocked", ppoll(&entry, 1, &zero, &block));
	return 0;
}
