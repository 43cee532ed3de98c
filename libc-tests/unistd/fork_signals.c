/* A signal that comes during fork finds no lock of the library held, in the parent and in the child. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static FILE *null;
static volatile sig_atomic_t handled;

/* Not for handlers in general: here nothing but fork is interrupted. */
static void on_signal(int number)
{
	(void)number;
	fprintf(null, "handled\n");
	fflush(NULL);
	free(malloc(100));
	handled++;
}

static volatile sig_atomic_t forking;

static void on_alarm(int number)
{
	if (forking)
		on_signal(number);
}

int main(void)
{
	null = fopen("/dev/null", "w");
	signal(SIGUSR1, on_signal);
	signal(SIGALRM, on_alarm);

	/* The child of each fork has a signal from its parent as early as can be. */
	for (int i = 0; i < 200; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			while (!handled)
				;
			_exit(0);
		}
		kill(pid, SIGUSR1);
		int status;
		if (waitpid(pid, &status, 0) != pid || status != 0)
			printf("child: %x\n", status);
	}

	/* The parent has some at any moment. */
	struct itimerval soon = { { 0, 200 }, { 0, 200 } }, never = { { 0, 0 }, { 0, 0 } };
	setitimer(ITIMER_REAL, &soon, NULL);
	for (int i = 0; i < 200; i++) {
		forking = 1;
		pid_t pid = fork();
		forking = 0;
		if (pid == 0)
			_exit(0);
		while (waitpid(pid, NULL, 0) == -1)
			;
	}
	setitimer(ITIMER_REAL, &never, NULL);
	printf("forked\n");
	return 0;
}
