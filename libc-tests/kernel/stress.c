/* Many of everything: processes, threads, files, pipes, signals. Each part runs twice; what the system has
 * free after the second time is what it had after the first. CLEW_STRESS multiplies how many there are; with 10
 * it is 10,000 processes and as many files. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	PAGE = 4096,
	FORKERS = 4,
	FORKS = 125, /* by each forker, in each round */
	BROOD = 100,
	THREADS = 1000,
	FILES = 500, /* in each round */
	FILES_MOST = 10 * FILES,
	PIPES = 1000,
	SENDERS = 4,
	SIGNALS = 200,
	CHILDREN = 50,
};

/* Less than a page for each eight things of a kind. */
#define TOLERATED (512 << 10)

static long factor = 1;
static int on_clew;

static void check(int holds, const char *what)
{
	if (!holds) {
		printf("failed: %s (%s)\n", what, strerror(errno));
		exit(1);
	}
}

static pid_t wait_for(pid_t pid, int *status)
{
	pid_t found;
	do
		found = waitpid(pid, status, 0);
	while (found < 0 && errno == EINTR);
	return found;
}

/* Several processes that fork and wait at the same time. */
static void forks(void)
{
	pid_t forkers[FORKERS];
	int status;
	for (int i = 0; i < FORKERS; i++) {
		forkers[i] = fork();
		check(forkers[i] >= 0, "fork");
		if (forkers[i])
			continue;
		for (long j = 0; j < FORKS * factor; j++) {
			pid_t child = fork();
			if (child < 0)
				_exit(1);
			if (!child)
				_exit((int)(j & 0x7f));
			if (wait_for(child, &status) != child || !WIFEXITED(status) || WEXITSTATUS(status) != (j & 0x7f))
				_exit(2);
		}
		_exit(0);
	}
	for (int i = 0; i < FORKERS; i++)
		check(wait_for(forkers[i], &status) == forkers[i] && status == 0, "a process that forks");
}

/* Many children at once, ended by themselves, by a signal or stopped before; waited for in another order. */
static void brood(void)
{
	pid_t children[BROOD];
	int gate[2], status;
	char byte;
	check(!pipe(gate), "pipe");
	for (int i = 0; i < BROOD; i++) {
		children[i] = fork();
		check(children[i] >= 0, "fork");
		if (!children[i]) {
			close(gate[1]);
			if (read(gate[0], &byte, 1) != 0)
				_exit(1);
			_exit(i & 0x7f);
		}
		if (i % 3 == 1)
			check(!kill(children[i], SIGSTOP), "kill");
	}
	for (int i = 0; i < BROOD; i++)
		if (i % 3 == 2)
			check(!kill(children[i], SIGKILL), "kill");
	close(gate[1]);
	/* One that was stopped at once still has the gate's other end. */
	for (int i = BROOD - 1; i >= 0; i--)
		if (i % 3 == 1) {
			check(waitpid(children[i], &status, WUNTRACED) == children[i] && WIFSTOPPED(status), "a stop");
			check(!kill(children[i], SIGCONT), "kill");
		}
	for (int i = BROOD - 1; i >= 0; i--) {
		check(wait_for(children[i], &status) == children[i], "waitpid");
		if (i % 3 == 2)
			check(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "killed");
		else
			check(WIFEXITED(status) && WEXITSTATUS(status) == (i & 0x7f), "its status");
	}
	close(gate[0]);
	check(wait(NULL) == -1 && errno == ECHILD, "no child is left");
}

static pthread_barrier_t barrier;
static atomic_int counter;

static void *meet(void *argument)
{
	pthread_barrier_wait(&barrier);
	counter++;
	return argument;
}

/* All threads are there at the same time. */
static void threads(void)
{
	static pthread_t ids[THREADS];
	pthread_attr_t attributes;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 32768);
	counter = 0;
	check(!pthread_barrier_init(&barrier, NULL, THREADS + 1), "pthread_barrier_init");
	for (long i = 0; i < THREADS; i++)
		check(!pthread_create(&ids[i], &attributes, meet, (void *)i), "pthread_create");
	pthread_barrier_wait(&barrier);
	for (long i = 0; i < THREADS; i++) {
		void *value;
		check(!pthread_join(ids[i], &value) && value == (void *)i, "pthread_join");
	}
	check(counter == THREADS, "every thread has run");
	pthread_barrier_destroy(&barrier);
	pthread_attr_destroy(&attributes);
}

/* A directory with many files, as many of them open as the limit allows. */
static void files(void)
{
	static int open_files[FILES_MOST];
	char folder[] = "/dev/shm/stress-XXXXXX", name[64];
	struct rlimit old, new;
	struct stat status;
	int count = factor < FILES_MOST / FILES ? FILES * (int)factor : FILES_MOST, keep, seen = 0;
	check(mkdtemp(folder) != NULL, "mkdtemp");
	check(!getrlimit(RLIMIT_NOFILE, &old), "getrlimit");
	new = old;
	new.rlim_cur = old.rlim_max < (rlim_t)count + 100 ? old.rlim_max : (rlim_t)count + 100;
	check(!setrlimit(RLIMIT_NOFILE, &new), "setrlimit");
	keep = (int)new.rlim_cur - 100;
	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof name, "%s/%d", folder, i);
		open_files[i] = open(name, O_CREAT | O_EXCL | O_RDWR, 0600);
		check(open_files[i] >= 0, "open");
		check(write(open_files[i], &i, sizeof i) == sizeof i, "write");
		if (i >= keep)
			close(open_files[i]);
	}
	DIR *directory = opendir(folder);
	check(directory != NULL, "opendir");
	for (struct dirent *entry; (entry = readdir(directory));)
		seen += entry->d_name[0] != '.';
	closedir(directory);
	check(seen == count, "the directory lists every file");
	for (int i = 0; i < count; i++) {
		int value = -1;
		snprintf(name, sizeof name, "%s/%d", folder, i);
		check(!stat(name, &status) && status.st_size == sizeof i, "stat");
		check(!unlink(name), "unlink");
		if (i >= keep)
			continue;
		check(pread(open_files[i], &value, sizeof value, 0) == sizeof value && value == i, "pread");
		close(open_files[i]);
	}
	check(!rmdir(folder), "rmdir");
	check(!setrlimit(RLIMIT_NOFILE, &old), "setrlimit");
}

static void pipes(void)
{
	static int ends[PIPES][2];
	char page[PAGE];
	struct rlimit old, new;
	check(!getrlimit(RLIMIT_NOFILE, &old), "getrlimit");
	new = old;
	if (new.rlim_cur < 2 * PIPES + 100)
		new.rlim_cur = 2 * PIPES + 100;
	check(!setrlimit(RLIMIT_NOFILE, &new), "setrlimit");
	for (int i = 0; i < PIPES; i++) {
		check(!pipe2(ends[i], O_NONBLOCK), "pipe2");
		memset(page, i, sizeof page);
		/* Some get as much as they take, others a page. */
		ssize_t written;
		do
			written = write(ends[i][1], page, sizeof page);
		while (i % 16 == 0 && written > 0);
		check(i % 16 ? written == sizeof page : errno == EAGAIN, "write");
	}
	for (int i = PIPES - 1; i >= 0; i--) {
		check(read(ends[i][0], page, sizeof page) == sizeof page && page[17] == (char)i, "read");
		close(ends[i][i % 2]);
		close(ends[i][!(i % 2)]);
	}
	check(!setrlimit(RLIMIT_NOFILE, &old), "setrlimit");
}

static int next_of[SENDERS];
static atomic_int arrived, disorder, standard;

static void on_realtime(int signal, siginfo_t *info, void *context)
{
	int sender = info->si_value.sival_int >> 20, number = info->si_value.sival_int & 0xfffff;
	(void)signal;
	(void)context;
	if (number != next_of[sender])
		disorder++;
	next_of[sender] = number + 1;
	arrived++;
}

static void on_standard(int signal)
{
	(void)signal;
	standard++;
}

static void send_all(int sender, pid_t target)
{
	for (int i = 0; i < SIGNALS * factor; i++) {
		union sigval value = {.sival_int = sender << 20 | i};
		while (sigqueue(target, SIGRTMIN + sender % 2, value)) {
			/* The queue is full: the receiver is slower. */
			if (errno != EAGAIN)
				_exit(1);
			sched_yield();
		}
		if (i % 8 == 0 && kill(target, SIGUSR1))
			_exit(2);
	}
	_exit(0);
}

/* Many senders and one receiver: nothing is lost, and what one sender sent comes in its order. */
static void signal_storm(void)
{
	struct sigaction action = {.sa_sigaction = on_realtime, .sa_flags = SA_SIGINFO | SA_RESTART}, old;
	struct sigaction usr = {.sa_handler = on_standard, .sa_flags = SA_RESTART};
	pid_t senders[SENDERS], own = getpid();
	int status;
	/* Two queues with one handler: it must not interrupt itself. */
	sigaddset(&action.sa_mask, SIGRTMIN);
	sigaddset(&action.sa_mask, SIGRTMIN + 1);
	for (int i = 0; i < 2; i++)
		check(!sigaction(SIGRTMIN + i, &action, &old), "sigaction");
	check(!sigaction(SIGUSR1, &usr, NULL), "sigaction");
	memset(next_of, 0, sizeof next_of);
	arrived = disorder = standard = 0;
	for (int i = 0; i < SENDERS; i++) {
		senders[i] = fork();
		check(senders[i] >= 0, "fork");
		if (!senders[i])
			send_all(i, own);
	}
	for (int i = 0; i < SENDERS; i++)
		check(wait_for(senders[i], &status) == senders[i] && status == 0, "a sender");
	check(arrived == SENDERS * SIGNALS * factor, "every queued signal came");
	check(disorder == 0, "signals of one sender come in order");
	check(standard > 0, "standard signals came");
}

static void *be_hit(void *argument)
{
	while (!counter)
		sched_yield();
	return argument;
}

static void *hit(void *argument)
{
	pthread_t target = *(pthread_t *)argument;
	for (int i = 0; i < SIGNALS * factor; i++)
		check(!pthread_kill(target, SIGUSR1), "pthread_kill");
	return NULL;
}

/* Threads that send to one thread, while it runs and yields. */
static void thread_storm(void)
{
	pthread_t target, senders[SENDERS];
	counter = 0;
	standard = 0;
	check(!pthread_create(&target, NULL, be_hit, NULL), "pthread_create");
	for (int i = 0; i < SENDERS; i++)
		check(!pthread_create(&senders[i], NULL, hit, &target), "pthread_create");
	for (int i = 0; i < SENDERS; i++)
		pthread_join(senders[i], NULL);
	counter = 1;
	pthread_join(target, NULL);
	check(standard > 0, "signals reached the thread");
}

static volatile sig_atomic_t reaped, wrong;

static void reap(int signal)
{
	int saved = errno, status;
	(void)signal;
	while (waitpid(-1, &status, WNOHANG) > 0) {
		reaped++;
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 7)
			wrong++;
	}
	errno = saved;
}

/* Children that end while others are made: one SIGCHLD may stand for many, but none stays unseen. */
static void child_storm(void)
{
	struct sigaction action = {.sa_handler = reap, .sa_flags = SA_RESTART};
	sigset_t block, old;
	sigemptyset(&block);
	sigaddset(&block, SIGCHLD);
	check(!sigaction(SIGCHLD, &action, NULL), "sigaction");
	reaped = wrong = 0;
	for (int i = 0; i < CHILDREN * factor; i++) {
		pid_t child = fork();
		check(child >= 0, "fork");
		if (!child)
			_exit(7);
	}
	sigprocmask(SIG_BLOCK, &block, &old);
	while (reaped < CHILDREN * factor)
		sigsuspend(&old);
	sigprocmask(SIG_SETMASK, &old, NULL);
	action.sa_handler = SIG_DFL;
	sigaction(SIGCHLD, &action, NULL);
	check(wrong == 0, "each child's status");
	check(wait(NULL) == -1 && errno == ECHILD, "none is left");
	/* Nor does one stay whose parent does not want to know. */
	action.sa_handler = SIG_IGN;
	sigaction(SIGCHLD, &action, NULL);
	for (int i = 0; i < CHILDREN * factor; i++) {
		pid_t child = fork();
		check(child >= 0, "fork");
		if (!child)
			_exit(7);
	}
	check(wait(NULL) == -1 && errno == ECHILD, "children of one that ignores them");
	action.sa_handler = SIG_DFL;
	sigaction(SIGCHLD, &action, NULL);
}

static void *fork_from_thread(void *argument)
{
	for (int i = 0; i < 50 * factor; i++) {
		int status;
		pid_t child = fork();
		check(child >= 0, "fork");
		if (!child)
			_exit(5);
		check(wait_for(child, &status) == child && status == 5 << 8, "waitpid");
	}
	return argument;
}

static void *sleep_forever(void *argument)
{
	for (;;)
		pause();
	return argument;
}

static void *keep_busy(void *argument)
{
	for (;;)
		counter++;
	return argument;
}

/* Processes with threads that sleep and run end in every way while their threads fork. */
static void ends(void)
{
	for (int round = 0; round < 6 * factor; round++) {
		int status;
		pid_t child = fork();
		check(child >= 0, "fork");
		if (!child) {
			pthread_t thread;
			for (int i = 0; i < 4; i++) {
				pthread_create(&thread, NULL, sleep_forever, NULL);
				pthread_create(&thread, NULL, keep_busy, NULL);
			}
			pthread_create(&thread, NULL, fork_from_thread, NULL);
			if (round % 3 == 0)
				pthread_exit(NULL);
			usleep(1000 * (unsigned)(round % 4));
			if (round % 3 == 1)
				_exit(3);
			for (;;)
				pause();
		}
		if (round % 3 != 1) {
			usleep(1000 * (unsigned)(round % 7));
			check(!kill(child, SIGKILL), "kill");
		}
		check(wait_for(child, &status) == child, "waitpid");
		check(round % 3 == 1 ? status == 3 << 8 : status == SIGKILL, "how it ended");
	}
}

static long free_memory(void)
{
	struct sysinfo info;
	check(!sysinfo(&info), "sysinfo");
	return (long)(info.freeram * info.mem_unit);
}

/* What ended last may not have given everything back yet. */
static long settled(long wanted)
{
	long now = free_memory();
	for (int i = 0; i < 50 && now < wanted; i++) {
		usleep(10000);
		now = free_memory();
	}
	return now;
}

static const struct {
	const char *name;
	void (*run)(void);
} parts[] = {
	{"forks", forks}, {"brood", brood}, {"threads", threads}, {"files", files}, {"pipes", pipes},
	{"signals", signal_storm}, {"thread signals", thread_storm}, {"SIGCHLD", child_storm}, {"ends", ends},
};

int main(int argc, char **argv)
{
	struct utsname system;
	const char *text = getenv("CLEW_STRESS");
	uname(&system);
	on_clew = strstr(system.release, "clew") != NULL;
	if (text)
		factor = atol(text);
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) {
		struct timespec start, end;
		if (argc > 1 && strcmp(argv[1], parts[i].name))
			continue;
		clock_gettime(CLOCK_MONOTONIC, &start);
		parts[i].run();
		long before = free_memory();
		parts[i].run();
		long after = settled(before - TOLERATED / 4);
		if (on_clew && after + TOLERATED < before)
			printf("%s: %ld KiB stayed behind\n", parts[i].name, (before - after) >> 10);
		clock_gettime(CLOCK_MONOTONIC, &end);
		if (text)
			printf("%s: %ld ms, %ld KiB\n", parts[i].name,
			       (end.tv_sec - start.tv_sec) * 1000 + (end.tv_nsec - start.tv_nsec) / 1000000,
			       (before - after) >> 10);
		printf("%s: done\n", parts[i].name);
	}
	return 0;
}
