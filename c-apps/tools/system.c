/* Commands about processes and the system: date env free kill poweroff ps reboot sleep uname. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "tools.h"

extern char **environ;

int date_main(int argc, char **argv)
{
	char text[256];
	time_t now = time(NULL);
	const char *format = argc > 1 ? argv[1] + 1 : "%a %b %e %H:%M:%S UTC %Y";

	if (argc > 2 || (argc == 2 && argv[1][0] != '+')) {
		fprintf(stderr, "usage: date [+FORMAT]\n");
		return 2;
	}
	if (strftime(text, sizeof text, format, gmtime(&now)) == 0)
		text[0] = '\0';
	puts(text);
	return 0;
}

int env_main(int argc, char **argv)
{
	int first = 1;

	for (; first < argc && argv[first][0] == '-'; first++)
		if (strcmp(argv[first], "-i") == 0)
			clearenv();
		else if (strcmp(argv[first], "-u") != 0 || first + 1 == argc || unsetenv(argv[++first]) != 0) {
			fprintf(stderr, "usage: env [-i] [-u NAME]… [NAME=VALUE]… [PROGRAM [ARGUMENT]…]\n");
			return 125;
		}
	for (; first < argc && strchr(argv[first], '=') != NULL; first++)
		if (putenv(argv[first]) != 0)
			return fail(argv[first]);
	if (first < argc) {
		execvp(argv[first], argv + first);
		int status = errno == ENOENT ? 127 : 126;
		fail(argv[first]);
		return status;
	}
	for (char **variable = environ; *variable != NULL; variable++)
		puts(*variable);
	return 0;
}

int free_main(int argc, char **argv)
{
	struct sysinfo info;

	(void)argc, (void)argv;
	if (sysinfo(&info) < 0)
		return fail("sysinfo");
	unsigned long unit = info.mem_unit != 0 ? info.mem_unit : 1;
	unsigned long total = info.totalram * unit / 1024, unused = info.freeram * unit / 1024;
	printf("total %lu KiB, used %lu KiB, free %lu KiB\n", total, total - unused, unused);
	return 0;
}

int kill_main(int argc, char **argv)
{
	int number = SIGTERM, first = 1, status = 0;

	if (argc > 1 && argv[1][0] == '-' && argv[1][1] != '\0') {
		number = atoi(argv[1] + 1);
		first = 2;
	}
	if (first == argc || number < 0) {
		fprintf(stderr, "usage: kill [-NUMBER] PID…\n");
		return 2;
	}
	for (int i = first; i < argc; i++) {
		char *end;
		long pid = strtol(argv[i], &end, 10);
		if (end == argv[i] || *end != '\0')
			errno = EINVAL;
		else if (kill((pid_t)pid, number) == 0)
			continue;
		status = fail(argv[i]);
	}
	return status;
}

int poweroff_main(int argc, char **argv)
{
	(void)argc, (void)argv;
	sync();
	reboot(RB_POWER_OFF);
	return fail("reboot");
}

int reboot_main(int argc, char **argv)
{
	(void)argc, (void)argv;
	/* Tells the host that this is no triple fault. Without a host there is nobody to tell. */
	int results = open("/dev/host/results", O_WRONLY);
	if (results >= 0) {
		(void)!write(results, "reboot\n", 7);
		close(results);
	}
	sync();
	reboot(RB_AUTOBOOT);
	return fail("reboot");
}

/* PID and command line of every process that /proc shows. */
int ps_main(int argc, char **argv)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	(void)argc, (void)argv;
	if (proc == NULL)
		return fail("/proc");
	while ((entry = readdir(proc)) != NULL) {
		char path[300], line[256];
		if (entry->d_name[strspn(entry->d_name, "0123456789")] != '\0')
			continue;
		snprintf(path, sizeof path, "/proc/%s/cmdline", entry->d_name);
		int fd = open(path, O_RDONLY);
		ssize_t length = fd >= 0 ? read(fd, line, sizeof line - 1) : -1;
		if (fd >= 0)
			close(fd);
		if (length < 0)
			length = 0;
		while (length > 0 && line[length - 1] == '\0')
			length--;
		for (ssize_t i = 0; i < length; i++)
			if (line[i] == '\0')
				line[i] = ' ';
		printf("%5s %.*s\n", entry->d_name, (int)length, line);
	}
	closedir(proc);
	return 0;
}

int sleep_main(int argc, char **argv)
{
	char *end = "x";
	double seconds = argc == 2 ? strtod(argv[1], &end) : -1;

	if (!(seconds >= 0) || seconds > 1e9 || *end != '\0') {
		fprintf(stderr, "usage: sleep SECONDS\n");
		return 2;
	}
	struct timespec left = { (time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9) };
	while (nanosleep(&left, &left) < 0)
		if (errno != EINTR)
			return fail("nanosleep");
	return 0;
}

int uname_main(int argc, char **argv)
{
	struct utsname name;

	if (uname(&name) < 0)
		return fail("uname");
	if (argc > 1 && strcmp(argv[1], "-a") == 0)
		printf("%s %s %s %s %s\n", name.sysname, name.nodename, name.release, name.version, name.machine);
	else
		puts(name.sysname);
	return 0;
}
