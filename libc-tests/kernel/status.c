/* What /proc/PID/status says of a process's signals: waiting, blocked, ignored and caught, and after exec. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_signal(int number)
{
	(void)number;
}

/* Prints the lines about signals, without those of real-time ones, which a C library may use for itself. */
static void show(const char *when)
{
	char line[256];
	FILE *status = fopen("/proc/self/status", "r");
	if (!status) {
		perror("/proc/self/status");
		return;
	}
	while (fgets(line, sizeof line, status)) {
		unsigned long long set;
		char name[16];
		if (sscanf(line, "%15[A-Za-z]: %llx", name, &set) == 2 &&
		    (strcmp(name, "ShdPnd") == 0 || strncmp(name, "Sig", 3) == 0) && strcmp(name, "SigQ") != 0)
			printf("%s %s %llx\n", when, name, set & 0x7fffffff);
	}
	fclose(status);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	sigset_t set;
	if (argc > 1) {
		show("after exec:");
		return 0;
	}
	show("at first:");
	signal(SIGQUIT, SIG_IGN);
	signal(SIGUSR1, on_signal);
	signal(SIGUSR2, on_signal);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	kill(getpid(), SIGTERM);
	raise(SIGUSR2);
	show("busy:");
	if (fork() == 0) {
		show("child:");
		execl("/proc/self/exe", argv[0], "again", (char *)NULL);
		_exit(1);
	}
	wait(NULL);
	return 0;
}
