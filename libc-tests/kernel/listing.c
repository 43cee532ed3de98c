/* getdents in its old form, which dietlibc calls, and pipes opened again by their names in /proc. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct old {
	uint64_t number;
	int64_t next;
	uint16_t length;
	char name[];
};

static void list(void)
{
	char buffer[4096], found[3] = {0};
	long size;
	int fd = open("listed", O_RDONLY | O_DIRECTORY);
	errno = 0;
	size = syscall(SYS_getdents, fd, buffer, 8);
	printf("too small %ld %s\n", size, strerror(errno));
	size = syscall(SYS_getdents, fd, buffer, sizeof buffer);
	for (long at = 0; at < size;) {
		struct old *entry = (struct old *)(buffer + at);
		int type = buffer[at + entry->length - 1];
		if (entry->length % 8 || entry->length < 20 + strlen(entry->name))
			printf("odd length %d of %s\n", entry->length, entry->name);
		if (!strcmp(entry->name, "file") && type == DT_REG)
			found[0] = 1;
		if (!strcmp(entry->name, "folder") && type == DT_DIR)
			found[1] = 1;
		if (!strcmp(entry->name, "link-of-longer-name") && type == DT_LNK)
			found[2] = 1;
		at += entry->length;
	}
	printf("found %d %d %d, then %ld\n", found[0], found[1], found[2],
	       syscall(SYS_getdents, fd, buffer, sizeof buffer));
	close(fd);
}

static void pipes(void)
{
	char name[64], text[8];
	int ends[2], again;
	pipe(ends);
	write(ends[1], "kept", 4);
	close(ends[1]);
	/* Nobody has it open for writing: a FIFO would wait here. */
	snprintf(name, sizeof name, "/proc/self/fd/%d", ends[0]);
	again = open(name, O_RDONLY);
	printf("read %zd", read(again, text, sizeof text));
	printf(" then %zd\n", read(again, text, sizeof text));
	close(ends[0]);
	close(again);
	pipe(ends);
	snprintf(name, sizeof name, "/proc/self/fd/%d", ends[1]);
	close(ends[0]);
	again = open(name, O_WRONLY | O_NONBLOCK);
	printf("writer %s\n", again < 0 ? strerror(errno) : "opened");
}

int main(void)
{
	mkdir("listed", 0755);
	mkdir("listed/folder", 0755);
	close(open("listed/file", O_CREAT | O_WRONLY, 0644));
	symlink("file", "listed/link-of-longer-name");
	list();
	pipes();
	return 0;
}
