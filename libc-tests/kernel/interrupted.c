/* What a signal does to each call that waits (signal(7)): a handler, a handler with SA_RESTART,
 * and SIGSTOP with SIGCONT, which run no handler. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { FUTEX_WAIT = 0, FUTEX_WAKE = 1, FUTEX_LOCK_PI = 6, FUTEX_UNLOCK_PI = 7, FUTEX_WAIT_BITSET = 9 };

/* What parent and child tell each other. */
static struct shared {
	volatile int ready, handled, done, error;
	volatile long result;
	volatile uint32_t word;
	volatile pid_t grandchild;
} *shared;

/* Made before the fork, so both have them. */
static int fd[2], other = -1, ipc = -1;
static mqd_t queue = -1;
static pid_t child;
static char block[65536];

static void check(int ok, const char *what)
{
	if (!ok) {
		perror(what);
		if (child > 0)
			kill(child, SIGKILL);
		exit(1);
	}
}

static void on_signal(int number)
{
	(void)number;
	shared->handled++;
}

static void set_nonblocking(int file, int on)
{
	int flags = fcntl(file, F_GETFL);
	fcntl(file, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

/* Writes until there is no room for a byte. */
static void fill(int file)
{
	set_nonblocking(file, 1);
	while (write(file, block, sizeof block) > 0)
		;
	while (write(file, block, 1) > 0)
		;
	set_nonblocking(file, 0);
}

static void drain(int file)
{
	set_nonblocking(file, 1);
	for (;;) {
		ssize_t length = read(file, block, sizeof block);
		if (length > 0)
			continue;
		/* Until the child has what it waited for. */
		if (shared->done || length == 0)
			break;
		usleep(1000);
	}
}

static long futex(int operation, uint32_t value, const struct timespec *timeout, uint32_t bits)
{
	return syscall(SYS_futex, &shared->word, operation, value, timeout, NULL, bits);
}

static const struct timespec *at(clockid_t clock, int seconds)
{
	static struct timespec moment;
	clock_gettime(clock, &moment);
	moment.tv_sec += seconds;
	return &moment;
}

static const struct timespec minute = { 60, 0 };

/* Set-up, in the parent. */
static void none(void) {}
static void with_pipe(void) { check(pipe(fd) == 0, "pipe"); }
static void with_full_pipe(void)
{
	with_pipe();
	fill(fd[1]);
}
static void with_socket(void) { check(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0, "socketpair"); }
static void with_full_socket(void)
{
	with_socket();
	fill(fd[1]);
}
static void with_datagrams(void) { check(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd) == 0, "socketpair"); }
static void with_full_datagrams(void)
{
	with_datagrams();
	set_nonblocking(fd[1], 1);
	while (write(fd[1], block, 1) > 0)
		;
	set_nonblocking(fd[1], 0);
}
static void set_timeouts(void)
{
	struct timeval limit = { 60, 0 };
	for (int i = 0; i < 2; i++) {
		setsockopt(fd[i], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
		setsockopt(fd[i], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	}
}
static void with_timed_socket(void)
{
	with_socket();
	set_timeouts();
}
static void with_full_timed_socket(void)
{
	with_full_socket();
	set_timeouts();
}
static struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "listener" };
static void with_listener(void)
{
	unlink(name.sun_path);
	fd[0] = socket(AF_UNIX, SOCK_STREAM, 0);
	fd[1] = socket(AF_UNIX, SOCK_STREAM, 0);
	check(bind(fd[0], (void *)&name, sizeof name) == 0, "bind");
	check(listen(fd[0], 1) == 0, "listen");
}
static void with_timed_listener(void)
{
	with_listener();
	set_timeouts();
}
static void with_busy_listener(void)
{
	with_listener();
	for (int i = 0; i < 16; i++) {
		int waiting = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (connect(waiting, (void *)&name, sizeof name) != 0)
			break;
	}
}
static void with_pty(void)
{
	fd[1] = posix_openpt(O_RDWR | O_NOCTTY);
	check(fd[1] >= 0 && grantpt(fd[1]) == 0 && unlockpt(fd[1]) == 0, "pty");
	fd[0] = open(ptsname(fd[1]), O_RDWR | O_NOCTTY);
	check(fd[0] >= 0, "slave");
}
static void with_epoll(void)
{
	with_pipe();
	other = epoll_create1(0);
	struct epoll_event event = { .events = EPOLLIN };
	check(epoll_ctl(other, EPOLL_CTL_ADD, fd[0], &event) == 0, "epoll_ctl");
}
static void with_eventfd(void) { fd[0] = eventfd(0, 0); }
static void with_full_eventfd(void) { fd[0] = eventfd(0, 0); check(eventfd_write(fd[0], UINT64_MAX - 1) == 0, "fill"); }
static void with_timerfd(void) { fd[0] = timerfd_create(CLOCK_MONOTONIC, 0); }
static sigset_t realtime(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 3);
	return set;
}
static void with_signalfd(void)
{
	sigset_t set = realtime();
	fd[0] = signalfd(-1, &set, 0);
}
static void with_inotify(void)
{
	fd[0] = inotify_init1(0);
	check(inotify_add_watch(fd[0], ".", IN_CREATE) >= 0, "inotify_add_watch");
}
static void with_file(void)
{
	fd[0] = open("locked", O_RDWR | O_CREAT, 0600);
	check(fd[0] >= 0 && flock(fd[0], LOCK_EX) == 0, "flock");
}
static void with_record_lock(void)
{
	struct flock lock = { .l_type = F_WRLCK };
	fd[0] = open("locked", O_RDWR | O_CREAT, 0600);
	check(fd[0] >= 0 && fcntl(fd[0], F_SETLK, &lock) == 0, "F_SETLK");
}
static void with_open_file_lock(void)
{
	struct flock lock = { .l_type = F_WRLCK };
	fd[0] = open("locked", O_RDWR | O_CREAT, 0600);
	check(fd[0] >= 0 && fcntl(fd[0], F_OFD_SETLK, &lock) == 0, "F_OFD_SETLK");
}
static void with_fifo(void)
{
	unlink("fifo");
	check(mkfifo("fifo", 0600) == 0, "mkfifo");
}
static void with_semaphore(void) { check((ipc = semget(IPC_PRIVATE, 1, 0600)) >= 0, "semget"); }
static void with_messages(void) { check((ipc = msgget(IPC_PRIVATE, 0600)) >= 0, "msgget"); }
static struct { long type; char text[1024]; } message = { .type = 1 };
static void with_full_messages(void)
{
	with_messages();
	while (msgsnd(ipc, &message, sizeof message.text, IPC_NOWAIT) == 0)
		;
}
static void with_queue(void)
{
	struct mq_attr attributes = { .mq_maxmsg = 1, .mq_msgsize = 8 };
	mq_unlink("/interrupted");
	queue = mq_open("/interrupted", O_RDWR | O_CREAT, 0600, &attributes);
	check(queue != (mqd_t)-1, "mq_open");
}
static void with_full_queue(void)
{
	with_queue();
	check(mq_send(queue, "x", 1, 0) == 0, "mq_send");
}
static void with_pi_lock(void) { check(futex(FUTEX_LOCK_PI, 0, NULL, 0) == 0, "FUTEX_LOCK_PI"); }

/* The calls, in the child. */
static char byte;
static long do_read(void) { return read(fd[0], block, sizeof block); }
static long do_readv(void)
{
	struct iovec vector = { block, sizeof block };
	return readv(fd[0], &vector, 1);
}
static long do_write(void) { return write(fd[1], "x", 1); }
static long do_write_eventfd(void) { return eventfd_write(fd[0], 1); }
static long do_splice(void) { int sink = open("/dev/null", O_WRONLY); return splice(fd[0], NULL, sink, NULL, 1, 0); }
static long do_tee(void) { int to[2]; check(pipe(to) == 0, "pipe"); return tee(fd[0], to[1], 1, 0); }
static long do_vmsplice(void)
{
	struct iovec vector = { block, 1 };
	return vmsplice(fd[1], &vector, 1, 0);
}
static long do_sendfile(void) { int from = open("/proc/self/exe", O_RDONLY); return sendfile(fd[1], from, NULL, 1); }
static long do_recv(void) { return recv(fd[0], &byte, 1, 0); }
static long do_recv_all(void) { return recv(fd[0], block, 2, MSG_WAITALL); }
static long do_recvmsg(void)
{
	struct iovec vector = { &byte, 1 };
	struct msghdr header = { .msg_iov = &vector, .msg_iovlen = 1 };
	return recvmsg(fd[0], &header, 0);
}
static long do_recvmmsg(void)
{
	struct iovec vector = { &byte, 1 };
	struct mmsghdr header = { .msg_hdr = { .msg_iov = &vector, .msg_iovlen = 1 } };
	return recvmmsg(fd[0], &header, 1, 0, NULL);
}
static long do_send(void) { return send(fd[1], "x", 1, 0); }
static long do_sendmsg(void)
{
	struct iovec vector = { "x", 1 };
	struct msghdr header = { .msg_iov = &vector, .msg_iovlen = 1 };
	return sendmsg(fd[1], &header, 0);
}
static long do_accept(void) { return accept(fd[0], NULL, NULL); }
static long do_connect(void) { return connect(fd[1], (void *)&name, sizeof name); }
static long do_poll(void) { struct pollfd entry = { fd[0], POLLIN, 0 }; return poll(&entry, 1, -1); }
static long do_poll_timed(void) { struct pollfd entry = { fd[0], POLLIN, 0 }; return poll(&entry, 1, 60000); }
static long do_ppoll(void) { struct pollfd entry = { fd[0], POLLIN, 0 }; return ppoll(&entry, 1, &minute, NULL); }
static long do_ppoll_masked(void)
{
	sigset_t empty;
	sigemptyset(&empty);
	struct pollfd entry = { fd[0], POLLIN, 0 };
	return ppoll(&entry, 1, NULL, &empty);
}
static long do_select(void)
{
	fd_set set;
	FD_ZERO(&set);
	FD_SET(fd[0], &set);
	struct timeval limit = { 60, 0 };
	return select(fd[0] + 1, &set, NULL, NULL, &limit);
}
static long do_pselect(void)
{
	fd_set set;
	FD_ZERO(&set);
	FD_SET(fd[0], &set);
	sigset_t empty;
	sigemptyset(&empty);
	return pselect(fd[0] + 1, &set, NULL, NULL, NULL, &empty);
}
static long do_epoll_wait(void) { struct epoll_event event; return epoll_wait(other, &event, 1, -1); }
static long do_epoll_timed(void) { struct epoll_event event; return epoll_wait(other, &event, 1, 60000); }
static long do_epoll_pwait(void)
{
	sigset_t empty;
	sigemptyset(&empty);
	struct epoll_event event;
	return epoll_pwait(other, &event, 1, -1, &empty);
}
static long do_futex(void) { return futex(FUTEX_WAIT, 0, NULL, 0); }
static long do_futex_timed(void) { return futex(FUTEX_WAIT, 0, &minute, 0); }
static long do_futex_bitset(void) { return futex(FUTEX_WAIT_BITSET, 0, NULL, 1); }
static long do_futex_until(void) { return futex(FUTEX_WAIT_BITSET, 0, at(CLOCK_MONOTONIC, 60), 1); }
static long do_futex_pi(void) { return futex(FUTEX_LOCK_PI, 0, NULL, 0); }
static long do_futex_pi_timed(void) { return futex(FUTEX_LOCK_PI, 0, at(CLOCK_REALTIME, 60), 0); }
static struct sembuf take = { 0, -1, 0 };
static long do_semop(void) { return semop(ipc, &take, 1); }
static long do_semtimedop(void) { return semtimedop(ipc, &take, 1, &minute); }
static long do_msgrcv(void) { return msgrcv(ipc, &message, sizeof message.text, 0, 0); }
static long do_msgsnd(void) { return msgsnd(ipc, &message, sizeof message.text, 0); }
static long do_mq_receive(void) { char text[8]; return mq_receive(queue, text, sizeof text, NULL); }
static long do_mq_timedreceive(void)
{
	char text[8];
	return mq_timedreceive(queue, text, sizeof text, NULL, at(CLOCK_REALTIME, 60));
}
static long do_mq_send(void) { return mq_send(queue, "x", 1, 0); }
static long do_mq_timedsend(void) { return mq_timedsend(queue, "x", 1, 0, at(CLOCK_REALTIME, 60)); }
/* By number: a library may begin them anew itself. */
static long sigwait_until(const struct timespec *limit)
{
	sigset_t set = realtime();
	return syscall(SYS_rt_sigtimedwait, &set, NULL, limit, 8);
}
static long do_sigwaitinfo(void) { return sigwait_until(NULL); }
static long do_sigtimedwait(void) { return sigwait_until(&minute); }
static long do_sigsuspend(void)
{
	sigset_t empty;
	sigemptyset(&empty);
	return sigsuspend(&empty);
}
static long do_pause(void) { return pause(); }
static long do_nanosleep(void) { return nanosleep(&minute, NULL); }
static long number(int error)
{
	errno = error;
	return error == 0 ? 0 : -1;
}
static long do_clock_nanosleep(void) { return number(clock_nanosleep(CLOCK_MONOTONIC, 0, &minute, NULL)); }
static long do_clock_nanosleep_real(void) { return number(clock_nanosleep(CLOCK_REALTIME, 0, &minute, NULL)); }
static long do_clock_nanosleep_until(void)
{
	return number(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, at(CLOCK_REALTIME, 60), NULL));
}
static long do_wait4(void) { return wait4(shared->grandchild, NULL, 0, NULL); }
static long do_waitid(void) { siginfo_t info; return waitid(P_PID, shared->grandchild, &info, WEXITED); }
static long do_flock(void)
{
	int again = open("locked", O_RDWR);
	shared->ready = 1;
	return flock(again, LOCK_EX);
}
static long do_setlkw(void)
{
	struct flock lock = { .l_type = F_WRLCK };
	return fcntl(fd[0], F_SETLKW, &lock);
}
static long do_ofd_setlkw(void)
{
	struct flock lock = { .l_type = F_WRLCK };
	return fcntl(open("locked", O_RDWR), F_OFD_SETLKW, &lock);
}
static long do_open_read(void) { return open("fifo", O_RDONLY); }
static long do_open_write(void) { return open("fifo", O_WRONLY); }

/* What ends the wait, in the parent. */
static void put_byte(void) { check(write(fd[1], "xx\n", 3) == 3, "write"); }
static void put_datagram(void) { check(write(fd[1], "x", 1) == 1, "write"); }
static void take_bytes(void) { drain(fd[0]); }
static void make_connection(void)
{
	int end = socket(AF_UNIX, SOCK_STREAM, 0);
	check(connect(end, (void *)&name, sizeof name) == 0, "connect");
}
static void take_connection(void) { check(accept(fd[0], NULL, NULL) >= 0, "accept"); }
static void add_one(void) { eventfd_write(fd[0], 1); }
static void take_number(void) { eventfd_t value; eventfd_read(fd[0], &value); }
static void start_timer(void)
{
	struct itimerspec soon = { { 0, 0 }, { 0, 1 } };
	timerfd_settime(fd[0], 0, &soon, NULL);
}
static void send_realtime(void) { kill(child, SIGRTMIN + 3); }
static void make_file(void)
{
	int made = open("made", O_WRONLY | O_CREAT | O_EXCL, 0600);
	check(made >= 0, "made");
	close(made);
	unlink("made");
}
static void unlock(void) { flock(fd[0], LOCK_UN); }
static void unlock_record(void)
{
	struct flock lock = { .l_type = F_UNLCK };
	fcntl(fd[0], F_SETLK, &lock);
}
static void unlock_open_file(void)
{
	struct flock lock = { .l_type = F_UNLCK };
	fcntl(fd[0], F_OFD_SETLK, &lock);
}
static void wake(void)
{
	shared->word = 1;
	futex(FUTEX_WAKE, 1, NULL, 0);
}
static void unlock_pi(void) { futex(FUTEX_UNLOCK_PI, 0, NULL, 0); }
static void give_semaphore(void)
{
	struct sembuf give = { 0, 1, 0 };
	semop(ipc, &give, 1);
}
static void put_message(void) { msgsnd(ipc, &message, 1, 0); }
static void take_message(void) { msgrcv(ipc, &message, sizeof message.text, 0, IPC_NOWAIT); }
static void put_in_queue(void) { mq_send(queue, "x", 1, 0); }
static void take_from_queue(void) { char text[8]; mq_receive(queue, text, sizeof text, NULL); }
static void end_grandchild(void)
{
	check(shared->grandchild > 0, "grandchild");
	kill(shared->grandchild, SIGKILL);
}
static void open_fifo(void) { other = open("fifo", O_RDWR | O_NONBLOCK); }

static const struct call {
	const char *name;
	void (*set_up)(void);
	long (*wait)(void);
	void (*finish)(void); /* NULL: nothing but a signal ends it */
} calls[] = {
	{ "read pipe", with_pipe, do_read, put_byte },
	{ "readv pipe", with_pipe, do_readv, put_byte },
	{ "write pipe", with_full_pipe, do_write, take_bytes },
	{ "splice", with_pipe, do_splice, put_byte },
	{ "tee", with_pipe, do_tee, put_byte },
	{ "vmsplice", with_full_pipe, do_vmsplice, take_bytes },
	{ "sendfile", with_full_pipe, do_sendfile, take_bytes },
	{ "read tty", with_pty, do_read, put_byte },
	{ "read socket", with_socket, do_read, put_byte },
	{ "write socket", with_full_socket, do_write, take_bytes },
	{ "recv", with_socket, do_recv, put_byte },
	{ "recv MSG_WAITALL", with_socket, do_recv_all, put_byte },
	{ "recv datagram", with_datagrams, do_recv, put_datagram },
	{ "recvmsg", with_socket, do_recvmsg, put_byte },
	{ "recvmmsg", with_socket, do_recvmmsg, put_byte },
	{ "send", with_full_socket, do_send, take_bytes },
	{ "send datagram", with_full_datagrams, do_send, take_bytes },
	{ "sendmsg", with_full_socket, do_sendmsg, take_bytes },
	{ "recv SO_RCVTIMEO", with_timed_socket, do_recv, put_byte },
	{ "read SO_RCVTIMEO", with_timed_socket, do_read, put_byte },
	{ "send SO_SNDTIMEO", with_full_timed_socket, do_send, take_bytes },
	{ "accept", with_listener, do_accept, make_connection },
	{ "accept SO_RCVTIMEO", with_timed_listener, do_accept, make_connection },
	{ "connect", with_busy_listener, do_connect, take_connection },
	{ "poll", with_pipe, do_poll, put_byte },
	{ "poll with time-out", with_pipe, do_poll_timed, put_byte },
	{ "ppoll", with_pipe, do_ppoll, put_byte },
	{ "ppoll with mask", with_pipe, do_ppoll_masked, put_byte },
	{ "select", with_pipe, do_select, put_byte },
	{ "pselect", with_pipe, do_pselect, put_byte },
	{ "epoll_wait", with_epoll, do_epoll_wait, put_byte },
	{ "epoll_wait with time-out", with_epoll, do_epoll_timed, put_byte },
	{ "epoll_pwait", with_epoll, do_epoll_pwait, put_byte },
	{ "FUTEX_WAIT", none, do_futex, wake },
	{ "FUTEX_WAIT with time-out", none, do_futex_timed, wake },
	{ "FUTEX_WAIT_BITSET", none, do_futex_bitset, wake },
	{ "FUTEX_WAIT_BITSET with time-out", none, do_futex_until, wake },
	{ "FUTEX_LOCK_PI", with_pi_lock, do_futex_pi, unlock_pi },
	{ "FUTEX_LOCK_PI with time-out", with_pi_lock, do_futex_pi_timed, unlock_pi },
	{ "semop", with_semaphore, do_semop, give_semaphore },
	{ "semtimedop", with_semaphore, do_semtimedop, give_semaphore },
	{ "msgrcv", with_messages, do_msgrcv, put_message },
	{ "msgsnd", with_full_messages, do_msgsnd, take_message },
	{ "mq_receive", with_queue, do_mq_receive, put_in_queue },
	{ "mq_timedreceive", with_queue, do_mq_timedreceive, put_in_queue },
	{ "mq_send", with_full_queue, do_mq_send, take_from_queue },
	{ "mq_timedsend", with_full_queue, do_mq_timedsend, take_from_queue },
	{ "sigwaitinfo", none, do_sigwaitinfo, send_realtime },
	{ "sigtimedwait", none, do_sigtimedwait, send_realtime },
	{ "sigsuspend", none, do_sigsuspend, NULL },
	{ "pause", none, do_pause, NULL },
	{ "nanosleep", none, do_nanosleep, NULL },
	{ "clock_nanosleep", none, do_clock_nanosleep, NULL },
	{ "clock_nanosleep realtime", none, do_clock_nanosleep_real, NULL },
	{ "clock_nanosleep absolute", none, do_clock_nanosleep_until, NULL },
	{ "wait4", none, do_wait4, end_grandchild },
	{ "waitid", none, do_waitid, end_grandchild },
	{ "flock", with_file, do_flock, unlock },
	{ "F_SETLKW", with_record_lock, do_setlkw, unlock_record },
	{ "F_OFD_SETLKW", with_open_file_lock, do_ofd_setlkw, unlock_open_file },
	{ "open FIFO to read", with_fifo, do_open_read, open_fifo },
	{ "open FIFO to write", with_fifo, do_open_write, open_fifo },
	{ "read eventfd", with_eventfd, do_read, add_one },
	{ "write eventfd", with_full_eventfd, do_write_eventfd, take_number },
	{ "read timerfd", with_timerfd, do_read, start_timer },
	{ "read signalfd", with_signalfd, do_read, send_realtime },
	{ "read inotify", with_inotify, do_read, make_file },
};

/* The state of the child in /proc/PID/stat. */
static char state(void)
{
	char path[32], text[512], *end;
	snprintf(path, sizeof path, "/proc/%d/stat", (int)child);
	int file = open(path, O_RDONLY | O_CLOEXEC);
	check(file >= 0, path);
	ssize_t length = read(file, text, sizeof text - 1);
	close(file);
	check(length > 0, "stat");
	text[length] = 0;
	end = strrchr(text, ')');
	return end[2];
}

/* Until the child sleeps, in the call if it has said that it is ready. */
static void await_sleep(void)
{
	while (!shared->done && state() != 'S')
		usleep(500);
}

enum mode { HANDLER, RESTART, STOP };

/* Whether the call began anew. */
static int restarts(const struct call *call, enum mode mode)
{
	fd[0] = fd[1] = other = ipc = -1;
	queue = -1;
	memset(shared, 0, sizeof *shared);
	call->set_up();
	child = fork();
	check(child >= 0, "fork");
	if (child == 0) {
		struct sigaction action;
		memset(&action, 0, sizeof action);
		action.sa_handler = on_signal;
		action.sa_flags = mode == RESTART ? SA_RESTART : 0;
		sigaction(SIGUSR1, &action, NULL);
		sigset_t set = realtime();
		sigprocmask(SIG_BLOCK, &set, NULL);
		if (call->finish == end_grandchild) {
			pid_t grandchild = fork();
			if (grandchild == 0)
				for (;;)
					pause();
			shared->grandchild = grandchild;
		}
		shared->ready = 1;
		long result = call->wait();
		shared->error = errno;
		shared->result = result;
		shared->done = 1;
		_exit(0);
	}
	while (!shared->ready)
		usleep(100);
	await_sleep();
	if (shared->done) {
		printf("%s: did not wait: %ld, error %d\n", call->name, shared->result, shared->error);
		exit(1);
	}
	if (mode == STOP) {
		int status;
		kill(child, SIGSTOP);
		check(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status), "stopped");
		kill(child, SIGCONT);
	} else {
		kill(child, SIGUSR1);
		while (!shared->handled)
			usleep(100);
	}
	/* What was to be interrupted has been by now. */
	int again = 0;
	if (call->finish) {
		call->finish();
	} else {
		await_sleep();
		again = !shared->done;
		kill(child, SIGKILL);
	}
	int status;
	check(waitpid(child, &status, 0) == child, "waitpid");
	if (shared->grandchild > 0)
		kill(shared->grandchild, SIGKILL);
	if (call->finish)
		again = shared->result >= 0 || shared->error != EINTR;
	if (ipc >= 0) {
		semctl(ipc, 0, IPC_RMID);
		msgctl(ipc, IPC_RMID, NULL);
	}
	if (queue != (mqd_t)-1) {
		mq_close(queue);
		mq_unlink("/interrupted");
	}
	for (int file = 3; file < 64; file++)
		close(file);
	return again;
}

int main(int count, char **arguments)
{
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	check(shared != MAP_FAILED, "mmap");
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		const struct call *call = &calls[i];
		if (count > 1 && !strstr(call->name, arguments[1]))
			continue;
		printf("%s:", call->name);
		for (enum mode mode = HANDLER; mode <= STOP; mode++) {
			printf(" %s", restarts(call, mode) ? "restarts" : "EINTR");
			fflush(stdout);
		}
		printf("\n");
	}
	return 0;
}
