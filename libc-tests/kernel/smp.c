/* Several processors: wake-ups, changed mappings, forks, signals and pipes that meet. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 16, THREADS = 4 };

static void check(int holds, const char *what)
{
	if (!holds) {
		printf("failed: %s (%s)\n", what, strerror(errno));
		exit(1);
	}
}

static void in_threads(void *(*run)(void *), int count)
{
	pthread_t threads[THREADS];
	for (int i = 0; i < count; i++)
		check(!pthread_create(&threads[i], NULL, run, (void *)(long)i), "pthread_create");
	for (int i = 0; i < count; i++)
		check(!pthread_join(threads[i], NULL), "pthread_join");
}

static sem_t there, back;

static void *answer(void *argument)
{
	for (int i = 0; i < 2000; i++) {
		sem_wait(&there);
		sem_post(&back);
	}
	return argument;
}

static void ping_pong(void)
{
	pthread_t thread;
	check(!pthread_create(&thread, NULL, answer, NULL), "pthread_create");
	for (int i = 0; i < 2000; i++) {
		sem_post(&there);
		sem_wait(&back);
	}
	pthread_join(thread, NULL);
	puts("every wake-up arrived");
}

static void *map_and_unmap(void *argument)
{
	for (int i = 0; i < 100; i++) {
		char *memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		check(memory != MAP_FAILED, "mmap");
		char mark = (char)((long)argument * 31 + i + 1);
		for (int j = 0; j < PAGES; j++) {
			check(memory[j * PAGE] == 0, "new memory is zero");
			memory[j * PAGE] = mark;
		}
		for (int j = 0; j < PAGES; j++)
			check(memory[j * PAGE] == mark, "memory keeps its contents");
		check(!munmap(memory, PAGES * PAGE), "munmap");
	}
	return NULL;
}

static char *volatile shared;
static atomic_int stop, faults;

static void make_writable(int signal)
{
	(void)signal;
	faults++;
	mprotect(shared, PAGES * PAGE, PROT_READ | PROT_WRITE);
}

static void *store(void *argument)
{
	while (!stop)
		for (int i = 0; i < PAGES; i++)
			((volatile char *)shared)[i * PAGE] = 1;
	return argument;
}

static void protect(void)
{
	struct sigaction action = { .sa_handler = make_writable };
	sigaction(SIGSEGV, &action, NULL);
	shared = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_t threads[2];
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, store, NULL);
	for (int i = 0; i < 100; i++) {
		check(!mprotect(shared, PAGES * PAGE, PROT_READ), "mprotect");
		check(!madvise(shared, PAGES * PAGE, MADV_DONTNEED), "madvise");
	}
	/* A store after this must fault: no processor may still have the right. */
	int before = faults;
	while (faults == before) {
		mprotect(shared, PAGES * PAGE, PROT_READ);
		sched_yield();
	}
	stop = 1;
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	puts("rights were taken everywhere");
}

static void *fork_and_wait(void *argument)
{
	for (int i = 0; i < 25; i++) {
		pid_t child = fork();
		check(child >= 0, "fork");
		if (!child)
			_exit(i);
		int status;
		check(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == i, "waitpid");
	}
	return argument;
}

static atomic_int signals;

static void on_signal(int signal)
{
	(void)signal;
	signals++;
}

static void *spin(void *argument)
{
	while (!stop)
		;
	return argument;
}

static void signal_threads(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigaction(SIGUSR1, &action, NULL);
	stop = 0;
	pthread_t threads[2];
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, spin, NULL);
	for (int i = 0; i < 50; i++) {
		int before = signals;
		check(!pthread_kill(threads[i % 2], SIGUSR1), "pthread_kill");
		while (signals == before)
			sched_yield();
	}
	stop = 1;
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	puts("signals reached running threads");
}

static void *echo(void *argument)
{
	int to[2], from[2];
	check(!pipe(to) && !pipe(from), "pipe");
	pid_t child = fork();
	if (!child) {
		char byte;
		for (int i = 0; i < 200; i++)
			if (read(to[0], &byte, 1) != 1 || write(from[1], &byte, 1) != 1)
				_exit(1);
		_exit(0);
	}
	for (int i = 0; i < 200; i++) {
		char byte = (char)i, answer;
		check(write(to[1], &byte, 1) == 1 && read(from[0], &answer, 1) == 1 && answer == byte, "echo");
	}
	int status;
	check(waitpid(child, &status, 0) == child && status == 0, "echo's end");
	return argument;
}

static void *nothing(void *argument)
{
	return argument;
}

static void many_threads(void)
{
	static pthread_t threads[1000];
	pthread_attr_t attributes;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 16384);
	for (long i = 0; i < 1000; i++)
		check(!pthread_create(&threads[i], &attributes, nothing, (void *)i), "pthread_create");
	for (long i = 0; i < 1000; i++) {
		void *value;
		check(!pthread_join(threads[i], &value) && value == (void *)i, "pthread_join");
	}
	puts("1,000 threads ended");
}

static void affinity(void)
{
	cpu_set_t all, one;
	check(!sched_getaffinity(0, sizeof all, &all), "sched_getaffinity");
	check(CPU_COUNT(&all) == sysconf(_SC_NPROCESSORS_ONLN), "as many as are online");
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		check(!sched_setaffinity(0, sizeof one, &one), "sched_setaffinity");
		check(sched_getcpu() == cpu, "it runs where it was sent");
	}
	CPU_ZERO(&one);
	check(sched_setaffinity(0, sizeof one, &one) == -1 && errno == EINVAL, "no processor is an error");
	check(!sched_setaffinity(0, sizeof all, &all), "sched_setaffinity");
	puts("threads go where they are sent");
}

int main(void)
{
	sem_init(&there, 0, 0);
	sem_init(&back, 0, 0);
	affinity();
	ping_pong();
	in_threads(map_and_unmap, THREADS);
	puts("memory was nobody else's");
	protect();
	in_threads(fork_and_wait, THREADS);
	puts("children were waited for");
	signal_threads();
	in_threads(echo, THREADS);
	puts("pipes carried everything");
	many_threads();
	return 0;
}
