// poll_oneoff: clocks, files, a standard stream, and subscriptions that are wrong.
#include "suite.h"

static __wasi_subscription_t in[8];
static __wasi_event_t out[8];
static __wasi_size_t n;

static void clock_in(int i, int id, uint64_t timeout, int flags) {
    memset(&in[i], 0, sizeof in[i]);
    in[i].userdata = 100 + i;
    in[i].u.tag = __WASI_EVENTTYPE_CLOCK;
    in[i].u.u.clock.id = id;
    in[i].u.u.clock.timeout = timeout;
    in[i].u.u.clock.flags = flags;
}

static void fd_in(int i, int type, int fd) {
    memset(&in[i], 0, sizeof in[i]);
    in[i].userdata = 100 + i;
    in[i].u.tag = type;
    in[i].u.u.fd_read.file_descriptor = fd;
}

static void poll(const char *what, int count) {
    memset(out, 0xee, sizeof out);
    n = 0;
    printf("%s: %s", what, errno_name(__wasi_poll_oneoff(in, out, count, &n)));
    for (unsigned i = 0; i < n && i < 8; i++) {
        printf("; %llu type %d %s", (unsigned long long)out[i].userdata, out[i].type, errno_name(out[i].error));
        if (out[i].type == __WASI_EVENTTYPE_FD_READ)
            printf(" %llu bytes", (unsigned long long)out[i].fd_readwrite.nbytes);
    }
    printf("\n");
}

void test_poll(void) {
    __wasi_timestamp_t before, after, now;
    poll("nothing", 0);
    __wasi_clock_time_get(1, 0, &before);
    clock_in(0, 1, 20000000, 0);
    poll("20 ms", 1);
    __wasi_clock_time_get(1, 0, &after);
    printf("at least: %s\n", after - before >= 20000000 ? "yes" : "NO");
    __wasi_clock_time_get(1, 0, &now);
    clock_in(0, 1, now + 5000000, 1);
    poll("a point in time", 1);
    __wasi_clock_time_get(1, 0, &after);
    printf("reached: %s\n", after >= now + 5000000 ? "yes" : "NO");
    clock_in(0, 1, 0, 1);
    poll("a point in the past", 1);
    __wasi_clock_time_get(0, 0, &now);
    clock_in(0, 0, now + 5000000, 1);
    poll("a time of day", 1);
    clock_in(0, 0, 1000000, 0);
    poll("a distance on the day's clock", 1);
    clock_in(0, 1, 60000000000, 0);
    clock_in(1, 1, 1000000, 0);
    poll("the earlier of two clocks", 2);
    clock_in(0, 2, 0, 0);
    poll("the process's clock", 1);
    clock_in(0, 9, 0, 0);
    poll("no clock", 1);
    clock_in(0, 1, 0, 2);
    poll("unknown flags", 1);

    int fd = open_at(BOX, "file", 0, RW_RIGHTS, 0);
    fd_in(0, __WASI_EVENTTYPE_FD_READ, fd);
    fd_in(1, __WASI_EVENTTYPE_FD_WRITE, fd);
    poll("a file", 2);
    __wasi_filesize_t at;
    __wasi_fd_seek(fd, 7, 0, &at);
    poll("a file further on", 1);
    __wasi_fd_seek(fd, 70, 0, &at);
    poll("a file at its end", 1);
    fd_in(0, __WASI_EVENTTYPE_FD_READ, 0);
    clock_in(1, 1, 60000000000, 0);
    poll("input is there", 2);
    fd_in(0, __WASI_EVENTTYPE_FD_WRITE, 1);
    poll("output", 1);
    fd_in(0, __WASI_EVENTTYPE_FD_READ, 1);
    poll("output to be read", 1);
    fd_in(0, __WASI_EVENTTYPE_FD_WRITE, 0);
    poll("input to be written", 1);
    fd_in(0, __WASI_EVENTTYPE_FD_READ, NONE);
    clock_in(1, 1, 60000000000, 0);
    poll("not open", 2);
    fd_in(0, __WASI_EVENTTYPE_FD_READ, BOX);
    poll("a directory", 1);
    fd_in(0, 3, 0);
    poll("an unknown type", 1);
}
