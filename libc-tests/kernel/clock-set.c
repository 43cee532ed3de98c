/* What waits for a moment of the realtime clock follows it when it is set (clock_settime(2)); what
 * waits for some time does not. On a real machine the clock is left alone and nothing is tried. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef TFD_TIMER_CANCEL_ON_SET
#define TFD_TIMER_CANCEL_ON_SET 2
#endif
enum { WAIT_BITSET = 9, CLOCK_IS_REALTIME = 256 };

static int failures;

static void check(int ok, const char *what)
{
	if (!ok) {
		printf("%s\n", what);
		failures++;
	}
}

static struct timespec in(int seconds)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	now.tv_sec += seconds;
	return now;
}

static void move_clock(int seconds)
{
	struct timespec moved = in(seconds);
	check(clock_settime(CLOCK_REALTIME, &moved) == 0, "clock_settime");
}

static uint32_t word;

/* Each waits for an hour from now. */
static int sleeps(struct timespec until)
{
	return clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &until, NULL) == 0;
}
static int waits_for_word(struct timespec until)
{
	long result = syscall(SYS_futex, &word, WAIT_BITSET | CLOCK_IS_REALTIME, 0, &until, NULL, 1);
	return result == -1 && errno == ETIMEDOUT;
}
static int waits_for_message(struct timespec until)
{
	char text[8];
	struct mq_attr attributes = { .mq_maxmsg = 1, .mq_msgsize = 8 };
	mqd_t queue = mq_open("/clock-set", O_RDWR | O_CREAT, 0600, &attributes);
	mq_unlink("/clock-set");
	return mq_timedreceive(queue, text, sizeof text, NULL, &until) == -1 && errno == ETIMEDOUT;
}

static char state(pid_t pid)
{
	char path[32], text[512];
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	int file = open(path, O_RDONLY);
	ssize_t length = read(file, text, sizeof text - 1);
	close(file);
	text[length > 0 ? length : 0] = 0;
	char *end = strrchr(text, ')');
	return end ? end[2] : 0;
}

static timer_t start_timer(int signal, int flags, struct timespec value)
{
	timer_t timer;
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = signal };
	struct itimerspec setting = { .it_value = value };
	check(timer_create(CLOCK_REALTIME, &event, &timer) == 0, "timer_create");
	check(timer_settime(timer, flags, &setting, NULL) == 0, "timer_settime");
	return timer;
}

static int start_file(int flags, struct timespec value)
{
	int file = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK);
	struct itimerspec setting = { .it_value = value };
	check(timerfd_settime(file, flags, &setting, NULL) == 0, "timerfd_settime");
	return file;
}

static int readable(int file)
{
	struct pollfd entry = { .fd = file, .events = POLLIN };
	return poll(&entry, 1, 0) == 1;
}

static void run(void)
{
	static int (*const waits[])(struct timespec) = { sleeps, waits_for_word, waits_for_message };
	pid_t children[3];
	struct timespec hour = { 3600, 0 };
	uint64_t count;
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (int i = 0; i < 3; i++) {
		children[i] = fork();
		if (children[i] == 0)
			_exit(waits[i](in(3600)) ? 0 : 1);
		while (state(children[i]) != 'S')
			usleep(1000);
	}
	timer_t moment = start_timer(SIGUSR1, TIMER_ABSTIME, in(3600));
	timer_t while_ = start_timer(SIGUSR2, 0, hour);
	int absolute = start_file(TFD_TIMER_ABSTIME, in(3600));
	int relative = start_file(0, hour);
	int told = start_file(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, in(3 * 3600));
	int untold = start_file(TFD_TIMER_CANCEL_ON_SET, hour);

	move_clock(-60);
	check(readable(told) && read(told, &count, sizeof count) == -1 && errno == ECANCELED,
	      "a timer was not told that the clock went back");
	check(!readable(told), "told twice");
	check(!readable(absolute), "the clock went back, and the timer expired");
	for (int i = 0; i < 3; i++) {
		/* It may be looking at the clock. */
		while (state(children[i]) == 'R')
			usleep(1000);
		check(state(children[i]) == 'S', "the clock went back, and a sleeper woke up");
	}

	move_clock(2 * 3600);
	check(readable(told) && read(told, &count, sizeof count) == -1 && errno == ECANCELED,
	      "a timer was not told that the clock went on");
	check(readable(absolute) && read(absolute, &count, sizeof count) == 8 && count == 1,
	      "a timer for a moment did not expire");
	check(!readable(relative) && !readable(untold), "a timer for an hour did expire");
	siginfo_t info;
	check(sigwaitinfo(&set, &info) == SIGUSR1, "the signal of the timer for a moment");
	sigpending(&set);
	check(!sigismember(&set, SIGUSR2), "the signal of the timer for an hour");
	struct itimerspec left;
	timer_gettime(while_, &left);
	check(left.it_value.tv_sec >= 3500 && left.it_value.tv_sec <= 3600, "what is left of the hour");
	for (int i = 0; i < 3; i++) {
		int status;
		check(waitpid(children[i], &status, 0) == children[i] && status == 0, "a sleeper");
	}
	timer_delete(moment);
	timer_delete(while_);
	move_clock(60 - 2 * 3600);
}

int main(void)
{
	struct utsname name;
	uname(&name);
	if (strstr(name.release, "clew"))
		run();
	printf("%d failures\n", failures);
	return failures != 0;
}
