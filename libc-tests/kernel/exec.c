/* exec: arguments, environment, what is kept and what is reset. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int run(const char *path, char **argv, char **envp)
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		execve(path, argv, envp);
		_exit(errno == ENOENT ? 100 : errno == ENOEXEC ? 101 : errno == EACCES ? 102 : errno == E2BIG ? 103 :
		      errno == ELOOP ? 104 : errno == ENOTDIR ? 105 : 110);
	}
	int status;
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void put(const char *path, const void *bytes, size_t length, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
	if (write(fd, bytes, length) != (ssize_t)length)
		perror(path);
	fchmod(fd, mode);
	close(fd);
}

static int second_life(int argc, char **argv)
{
	printf("argc %d:", argc);
	for (int i = 1; i < argc; i++)
		printf(" [%s]", argv[i]);
	printf("\nenvironment:");
	for (char **e = environ; *e; e++)
		printf(" %s", *e);
	struct sigaction action;
	sigaction(SIGUSR1, NULL, &action);
	printf("\nUSR1 default %d", action.sa_handler == SIG_DFL);
	sigaction(SIGUSR2, NULL, &action);
	printf(", USR2 ignored %d", action.sa_handler == SIG_IGN);
	sigset_t mask;
	sigprocmask(SIG_BLOCK, NULL, &mask);
	printf(", HUP blocked %d\n", sigismember(&mask, SIGHUP));
	printf("kept fd %d, closed fd %d\n", fcntl(10, F_GETFD) >= 0, fcntl(11, F_GETFD) < 0 && errno == EBADF);
	fflush(stdout);
	return 7;
}

static void handler(int number)
{
	(void)number;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strncmp(argv[1], "again", 5) == 0)
		return second_life(argc, argv);
	char self[4096];
	ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
	if (length < 0) {
		perror("readlink");
		return 1;
	}
	self[length] = 0;
	signal(SIGUSR1, handler);
	signal(SIGUSR2, SIG_IGN);
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	dup2(1, 10);
	dup2(1, 11);
	fcntl(11, F_SETFD, FD_CLOEXEC);
	char *args[] = { self, "again", "with space", "", "\xc3\xa4", NULL };
	char *env[] = { "A=1", "B=two words", NULL };
	printf("status %d\n", run(self, args, env));

	char *none[] = { NULL };
	char *one[] = { "x", NULL };
	printf("missing: %d\n", run("/tmp/no-such-file", one, none));
	mkdir("/tmp/exec-dir", 0755);
	printf("directory: %d\n", run("/tmp/exec-dir", one, none));
	rmdir("/tmp/exec-dir");
	put("/tmp/exec-x", "hello", 5, 0755);
	printf("text: %d\n", run("/tmp/exec-x", one, none));
	printf("under a file: %d\n", run("/tmp/exec-x/y", one, none));
	put("/tmp/exec-x", "", 0, 0755);
	printf("empty: %d\n", run("/tmp/exec-x", one, none));
	put("/tmp/exec-x", "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\267\0", 20, 0755);
	printf("other machine, truncated: %d\n", run("/tmp/exec-x", one, none));
	put("/tmp/exec-x", "hello", 5, 0644);
	printf("not executable: %d\n", run("/tmp/exec-x", one, none));
	unlink("/tmp/exec-x");
	char script[5000];
	int size = snprintf(script, sizeof script, "#!%s again script\nnothing\n", self);
	put("/tmp/exec-script", script, size, 0755);
	char *script_args[] = { "ignored", "arg", NULL };
	printf("script: %d\n", run("/tmp/exec-script", script_args, none));
	put("/tmp/exec-script", "#!/tmp/exec-script\n", 19, 0755);
	printf("script of itself: %d\n", run("/tmp/exec-script", one, none));
	put("/tmp/exec-script", "#!/tmp/missing\n", 15, 0755);
	printf("script without interpreter: %d\n", run("/tmp/exec-script", one, none));
	unlink("/tmp/exec-script");
	static char huge[200000];
	memset(huge, 'h', sizeof huge - 1);
	char *long_args[] = { "x", huge, NULL };
	printf("long argument: %d\n", run(self, long_args, none));
	return 0;
}
