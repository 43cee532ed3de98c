/* A file is run or written, never both (ETXTBSY in execve(2), open(2), truncate(2)). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *word(long result)
{
	return result >= 0 ? "granted" : errno == ETXTBSY ? "ETXTBSY" : "other";
}

static void copy_self(const char *to)
{
	static char block[65536];
	ssize_t length;
	int in = open("/proc/self/exe", O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0700);
	while ((length = read(in, block, sizeof block)) > 0)
		if (write(out, block, length) != length)
			perror("write");
	close(in);
	close(out);
}

/* Whether the file can be run; it waits until its input ends. */
static pid_t start(const char *path, int *input)
{
	int ready[2], hold[2];
	if (pipe2(ready, O_CLOEXEC) != 0 || pipe2(hold, O_CLOEXEC) != 0)
		perror("pipe");
	pid_t pid = fork();
	if (pid == 0) {
		dup2(hold[0], 0);
		execl(path, path, "wait", (char *)NULL);
		if (write(ready[1], &errno, sizeof errno) < 0)
			_exit(2);
		_exit(1);
	}
	close(ready[1]);
	close(hold[0]);
	int error = 0;
	if (read(ready[0], &error, sizeof error) == sizeof error) {
		waitpid(pid, NULL, 0);
		errno = error;
		pid = -1;
	}
	close(ready[0]);
	*input = hold[1];
	return pid;
}

static void end(pid_t pid, int input)
{
	int status = -1;
	close(input);
	waitpid(pid, &status, 0);
	printf("ended: %d\n", status);
}

int main(int count, char **arguments)
{
	(void)arguments;
	char byte;
	if (count > 1) {
		/* A child of the program runs it as well. */
		pid_t pid = fork();
		while (read(0, &byte, 1) > 0)
			;
		if (pid == 0)
			_exit(0);
		waitpid(pid, NULL, 0);
		return 0;
	}
	int input, file;
	copy_self("program");
	file = open("program", O_WRONLY);
	printf("open for writing: exec %s\n", word(start("program", &input)));
	close(input);
	close(file);
	file = open("program", O_RDONLY);
	pid_t pid = start("program", &input);
	printf("open for reading: exec %s\n", word(pid));
	close(file);
	printf("running: write %s\n", word(open("program", O_WRONLY)));
	printf("running: read and write %s\n", word(open("program", O_RDWR)));
	printf("running: O_TRUNC %s\n", word(open("program", O_RDONLY | O_TRUNC)));
	printf("running: O_CREAT %s\n", word(open("program", O_WRONLY | O_CREAT | O_TRUNC, 0700)));
	printf("running: truncate %s\n", word(truncate("program", 0)));
	printf("running: read %s\n", word(file = open("program", O_RDONLY)));
	close(file);
	printf("running: chmod %s\n", word(chmod("program", 0755)));
	printf("running: rename %s\n", word(rename("program", "renamed")));
	printf("running: replace %s\n", word(file = open("program", O_WRONLY | O_CREAT, 0700)));
	close(file);
	struct stat about;
	stat("renamed", &about);
	printf("running: untouched %d\n", about.st_size > 4096);
	end(pid, input);
	printf("ended: write %s\n", word(file = open("renamed", O_WRONLY)));
	close(file);

	/* A mapping keeps the file as it was opened, when the descriptor is closed and whatever the mapping may do. */
	static const struct {
		const char *what;
		int mode, protection, flags;
	} mappings[] = {
		{ "shared, written", O_RDWR, PROT_READ | PROT_WRITE, MAP_SHARED },
		{ "shared, read", O_RDWR, PROT_READ, MAP_SHARED },
		{ "private", O_RDWR, PROT_READ, MAP_PRIVATE },
		{ "of a file open for reading", O_RDONLY, PROT_READ, MAP_SHARED },
	};
	for (size_t i = 0; i < sizeof mappings / sizeof *mappings; i++) {
		file = open("renamed", mappings[i].mode);
		char *mapping = mmap(NULL, 8192, mappings[i].protection, mappings[i].flags, file, 0);
		close(file);
		printf("mapped %s: exec %s", mappings[i].what, word(pid = start("renamed", &input)));
		if (pid > 0)
			end(pid, input);
		else
			printf("\n");
		munmap(mapping, 4096);
		printf("half of it: exec %s", word(pid = start("renamed", &input)));
		if (pid > 0)
			end(pid, input);
		else
			printf("\n");
		munmap(mapping + 4096, 4096);
	}
	printf("nothing mapped: exec %s\n", word(pid = start("renamed", &input)));
	end(pid, input);

	/* A script, and who reads it. */
	file = open("script", O_WRONLY | O_CREAT | O_TRUNC, 0700);
	if (write(file, "#!./renamed\n", 12) != 12)
		perror("write");
	printf("script open for writing: exec %s\n", word(start("./script", &input)));
	close(input);
	close(file);
	pid = start("./script", &input);
	printf("script: exec %s\n", word(pid));
	printf("script: write %s, its interpreter: write %s\n", word(file = open("script", O_WRONLY)), word(open("renamed", O_WRONLY)));
	close(file);
	end(pid, input);

	/* Files in memory were never opened for writing. */
	file = memfd_create("program", MFD_CLOEXEC);
	int from = open("renamed", O_RDONLY);
	char *bytes = mmap(NULL, about.st_size, PROT_READ, MAP_PRIVATE, from, 0);
	if (write(file, bytes, about.st_size) != about.st_size)
		perror("write");
	char path[64];
	snprintf(path, sizeof path, "/proc/self/fd/%d", file);
	pid = start(path, &input);
	printf("memfd: exec %s\n", word(pid));
	end(pid, input);
	return 0;
}
