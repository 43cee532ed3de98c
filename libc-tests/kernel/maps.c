/* /proc/PID/maps is the same text in whatever pieces it is read (proc_pid_maps(5)). */
#define _GNU_SOURCE
#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { AREAS = 150, MOST = 1 << 18 };

static char whole[MOST], pieces[MOST], out[4096];

static size_t read_in(int fd, char *to, size_t piece)
{
	size_t length = 0;
	assert(lseek(fd, 0, SEEK_SET) == 0);
	for (ssize_t got; (got = read(fd, to + length, piece < MOST - length ? piece : MOST - length)) > 0;)
		length += got;
	return length;
}

int main(void)
{
	/* From here on nothing takes memory by itself. */
	unsigned long from, to, before = 0;
	setvbuf(stdout, out, _IOFBF, sizeof out);
	assert(sscanf("1-2 ", "%lx-%lx ", &from, &to) == 2);
	char *start = mmap(NULL, AREAS * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert(start != MAP_FAILED);
	for (int i = 0; i < AREAS; i += 2)
		assert(mprotect(start + i * 4096, 4096, PROT_READ) == 0);
	int fd = open("/proc/self/maps", O_RDONLY);
	assert(fd >= 0);
	size_t length = read_in(fd, whole, MOST);

	/* Whole lines, ascending, and all of the areas among them. */
	int lines = 0, own = 0;
	for (char *line = whole; line < whole + length; line = strchr(line, '\n') + 1, lines++) {
		assert(sscanf(line, "%lx-%lx ", &from, &to) == 2 && from >= before && to > from);
		before = to;
		own += (char *)from >= start && (char *)to <= start + AREAS * 4096;
	}
	assert(whole[length - 1] == '\n' && own >= AREAS - 1 && lines > own);

	static const size_t sizes[] = { 1, 7, 63, 100, 1024, 4096, 5000, 20000 };
	for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		memset(pieces, 0, sizeof pieces);
		size_t got = read_in(fd, pieces, sizes[i]);
		printf("by %d: %d\n", (int)sizes[i], got == length && memcmp(whole, pieces, length) == 0);
	}
	/* Forth and back. */
	for (unsigned i = 0; i < 20; i++) {
		size_t at = length / 20 * (i * 7 % 20);
		char part[50];
		ssize_t got = pread(fd, part, sizeof part, at);
		assert(got > 0 && memcmp(part, whole + at, got) == 0);
	}
	assert(pread(fd, pieces, 10, length) == 0 && pread(fd, pieces, 10, length + 5000) == 0);
	/* What has changed is seen from the start. */
	munmap(start, AREAS * 4096);
	size_t less = read_in(fd, pieces, MOST);
	printf("less: %d\n", less < length && pieces[less - 1] == '\n');
	return 0;
}
