/* Moments that lie farther off than 2^63 nanoseconds: whoever waits for one waits for ever. A wait ends here by a
 * signal, so it must say EINTR; timers set to such a moment stay silent (clock_nanosleep(2), timerfd_create(2)). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum {
	FUTEX_WAIT_BITSET = 9,
	FUTEX_PRIVATE_FLAG = 128,
	FUTEX_CLOCK_REALTIME = 256,
};

static volatile sig_atomic_t fired;

static void on_alarm(int number)
{
	(void)number;
}

static void on_timer(int number)
{
	(void)number;
	fired++;
}

static void show(const char *what, int error)
{
	printf("  %s: %s\n", what, error == EINTR ? "waits" : error ? strerror(error) : "ended");
}

static void waits(struct timespec moment)
{
	/* Again and again: one that comes before the wait began does not end it. */
	struct itimerval again = { { 0, 10000 }, { 0, 10000 } }, off = { { 0, 0 }, { 0, 0 } };
	uint32_t word = 0;
	sem_t semaphore;
	char message[64];
	struct mq_attr size = { .mq_maxmsg = 1, .mq_msgsize = sizeof message };
	setitimer(ITIMER_REAL, &again, NULL);
	show("clock_nanosleep, realtime", clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &moment, NULL));
	show("clock_nanosleep, monotonic", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, NULL));
	show("clock_nanosleep, from now", clock_nanosleep(CLOCK_REALTIME, 0, &moment, NULL));
	int wait = FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG;
	show("futex, realtime",
	     syscall(SYS_futex, &word, wait | FUTEX_CLOCK_REALTIME, 0, &moment, NULL, -1) == 0 ? 0 : errno);
	show("futex, monotonic", syscall(SYS_futex, &word, wait, 0, &moment, NULL, -1) == 0 ? 0 : errno);
	sem_init(&semaphore, 0, 0);
	show("sem_timedwait", sem_timedwait(&semaphore, &moment) == 0 ? 0 : errno);
	sem_destroy(&semaphore);
	mqd_t queue = mq_open("/far-moments", O_CREAT | O_RDWR, 0600, &size);
	if (queue == (mqd_t)-1)
		perror("mq_open");
	show("mq_timedreceive", mq_timedreceive(queue, message, sizeof message, NULL, &moment) == 0 ? 0 : errno);
	mq_close(queue);
	mq_unlink("/far-moments");
	setitimer(ITIMER_REAL, &off, NULL);
}

static void timers(struct timespec moment)
{
	struct itimerspec setting = { { 0, 0 }, moment }, left;
	struct timespec pause = { 0, 20000000 };
	static const int flags[] = { TFD_TIMER_ABSTIME, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, 0 };
	for (int i = 0; i < 3; i++) {
		int timer = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC);
		if (timerfd_settime(timer, flags[i], &setting, NULL) != 0)
			perror("timerfd_settime");
		struct pollfd poll_it = { timer, POLLIN, 0 };
		int ready = poll(&poll_it, 1, 20);
		timerfd_gettime(timer, &left);
		printf("  timerfd %d: ready %d, runs %d\n", i, ready, left.it_value.tv_sec > 1000);
		close(timer);
	}
	timer_t timer;
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	timer_create(CLOCK_REALTIME, &event, &timer);
	if (timer_settime(timer, TIMER_ABSTIME, &setting, NULL) != 0)
		perror("timer_settime");
	nanosleep(&pause, NULL);
	timer_gettime(timer, &left);
	printf("  timer: fired %d, runs %d\n", (int)fired, left.it_value.tv_sec > 1000);
	timer_delete(timer);
}

int main(void)
{
	static const long long seconds[] = { 10000000000, 18446744073, INT64_MAX };
	struct sigaction act = { .sa_handler = on_alarm };
	sigaction(SIGALRM, &act, NULL);
	signal(SIGUSR1, on_timer);
	for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++) {
		struct timespec moment = { seconds[i], 0 };
		printf("%lld seconds\n", seconds[i]);
		fflush(stdout);
		waits(moment);
		timers(moment);
	}
	return 0;
}
