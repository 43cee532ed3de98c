/* What `clew bench --wasm` runs under both kernels: `calls OPERATION COUNT` does one thing COUNT times. The cost of one
 * is the difference between two runs, divided by that of their counts. Status 1 says that something failed.
 *
 * /data is granted, with the file `block` of 1 MiB and the directory `many` of 100 files. */
#include "calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

enum { PAGE = 65536, MIB = 1 << 20 };

/* The first directory that is granted. */
enum { DATA = 3 };

static unsigned char block[MIB];
static __wasi_fd_t file;

static void must(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "calls: %s failed\n", what);
	exit(1);
}

static void do_nothing(void)
{
}

static void expect(const char *what, unsigned sum, unsigned expected)
{
	if (sum == expected)
		return;
	fprintf(stderr, "calls: the checksum of the %s is %#x\n", what, sum);
	exit(1);
}

static void do_lists(void)
{
	expect("lists", lists(), 0xe570a453);
}

static void do_matrices(void)
{
	expect("matrices", matrices(), 0x6cf1422e);
}

static void do_state_machine(void)
{
	expect("state machine", state_machine(), 0x69d3646e);
}

static void do_checksums(void)
{
	expect("checksums", checksums(), 0xce9a2144);
}

static void do_compute(void)
{
	do_lists();
	do_matrices();
	do_state_machine();
	do_checksums();
}

static void do_grow(void)
{
	must(__builtin_wasm_memory_grow(0, 1) != (size_t)-1, "memory.grow");
}

static void do_grow_and_touch(void)
{
	size_t page = __builtin_wasm_memory_grow(0, 1);
	must(page != (size_t)-1, "memory.grow");
	for (size_t offset = 0; offset < PAGE; offset += 4096)
		((volatile char *)(page * PAGE))[offset] = 1;
}

static void do_monotonic(void)
{
	__wasi_timestamp_t time;
	must(__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &time) == 0, "clock_time_get");
}

static void do_realtime(void)
{
	__wasi_timestamp_t time;
	must(__wasi_clock_time_get(__WASI_CLOCKID_REALTIME, 1, &time) == 0, "clock_time_get");
}

static void do_write(void)
{
	__wasi_ciovec_t piece = { (const unsigned char *)"x", 1 };
	__wasi_size_t written;
	must(__wasi_fd_write(1, &piece, 1, &written) == 0 && written == 1, "fd_write");
}

static void do_read(void)
{
	__wasi_iovec_t piece = { block, 1 };
	__wasi_size_t count;
	must(__wasi_fd_read(file, &piece, 1, &count) == 0 && count == 1, "fd_read");
}

static void do_read_block(void)
{
	__wasi_iovec_t piece = { block, MIB };
	__wasi_size_t count;
	must(__wasi_fd_pread(file, &piece, 1, 0, &count) == 0 && count == MIB, "fd_pread");
}

static void do_seek(void)
{
	__wasi_filesize_t place;
	must(__wasi_fd_seek(file, 5, __WASI_WHENCE_SET, &place) == 0, "fd_seek");
}

static void do_filestat(void)
{
	__wasi_filestat_t stat;
	must(__wasi_fd_filestat_get(file, &stat) == 0 && stat.size == MIB, "fd_filestat_get");
}

static void do_path_filestat(void)
{
	__wasi_filestat_t stat;
	must(__wasi_path_filestat_get(DATA, 0, "block", &stat) == 0, "path_filestat_get");
}

static __wasi_fd_t open_path(const char *name, __wasi_oflags_t how, __wasi_rights_t rights)
{
	__wasi_fd_t opened;
	must(__wasi_path_open(DATA, 0, name, how, rights, rights, 0, &opened) == 0, "path_open");
	return opened;
}

static void do_open(void)
{
	must(__wasi_fd_close(open_path("block", 0, __WASI_RIGHTS_FD_READ)) == 0, "fd_close");
}

static void do_create(void)
{
	must(__wasi_fd_close(open_path("new", __WASI_OFLAGS_CREAT, __WASI_RIGHTS_FD_WRITE)) == 0, "fd_close");
	must(__wasi_path_unlink_file(DATA, "new") == 0, "path_unlink_file");
}

static void do_list(void)
{
	__wasi_fd_t many = open_path("many", __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_FD_READDIR);
	__wasi_size_t used;
	must(__wasi_fd_readdir(many, block, MIB, 0, &used) == 0 && used > 100 * sizeof(__wasi_dirent_t), "fd_readdir");
	must(__wasi_fd_close(many) == 0, "fd_close");
}

static void do_random(void)
{
	must(__wasi_random_get(block, 16) == 0, "random_get");
}

static void do_yield(void)
{
	must(__wasi_sched_yield() == 0, "sched_yield");
}

static void do_poll(void)
{
	__wasi_subscription_t wanted = { 0 };
	__wasi_event_t event;
	__wasi_size_t count;
	wanted.u.tag = __WASI_EVENTTYPE_CLOCK;
	wanted.u.u.clock.id = __WASI_CLOCKID_MONOTONIC;
	must(__wasi_poll_oneoff(&wanted, &event, 1, &count) == 0 && count == 1, "poll_oneoff");
}

static const struct {
	const char *name;
	void (*act)(void);
	int needs_file;
} operations[] = {
	{ "nothing", do_nothing, 0 },
	{ "compute", do_compute, 0 },
	{ "lists", do_lists, 0 },
	{ "matrices", do_matrices, 0 },
	{ "state-machine", do_state_machine, 0 },
	{ "checksums", do_checksums, 0 },
	{ "grow", do_grow, 0 },
	{ "touch", do_grow_and_touch, 0 },
	{ "monotonic", do_monotonic, 0 },
	{ "realtime", do_realtime, 0 },
	{ "write", do_write, 0 },
	{ "read", do_read, 1 },
	{ "read-block", do_read_block, 1 },
	{ "seek", do_seek, 1 },
	{ "filestat", do_filestat, 1 },
	{ "path-filestat", do_path_filestat, 0 },
	{ "open", do_open, 0 },
	{ "create", do_create, 0 },
	{ "list", do_list, 0 },
	{ "random", do_random, 0 },
	{ "yield", do_yield, 0 },
	{ "poll", do_poll, 0 },
};

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: calls OPERATION COUNT\n");
		return 1;
	}
	for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
		if (strcmp(operations[i].name, argv[1]) != 0)
			continue;
		if (operations[i].needs_file)
			file = open_path("block", 0,
				__WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_FILESTAT_GET);
		for (long count = strtol(argv[2], NULL, 10); count > 0; count--)
			operations[i].act();
		return 0;
	}
	fprintf(stderr, "calls: there is no operation '%s'\n", argv[1]);
	return 1;
}
