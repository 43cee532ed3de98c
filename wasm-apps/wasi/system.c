// What concerns no file: arguments, environment, clocks, randomness, scheduling, signals, sockets.
#include "suite.h"

void test_system(void) {
    __wasi_size_t count = 0, size = 0;
    static uint8_t *table[8];
    static uint8_t text[256];
    CHECK(__wasi_args_sizes_get(&count, &size), count == 4);
    CALL(__wasi_args_get(table, text));
    for (unsigned i = 1; i < count; i++)
        printf("argument %u: '%s'\n", i, (char *)table[i]);
    CHECK(__wasi_environ_sizes_get(&count, &size), count == 2 && size == 11);
    CALL(__wasi_environ_get(table, text));
    for (unsigned i = 0; i < count; i++)
        printf("variable: '%s'\n", (char *)table[i]);

    for (int clock = 0; clock < 5; clock++) {
        __wasi_timestamp_t resolution = 0, first = 0, second = 0;
        CHECK(__wasi_clock_res_get(clock, &resolution), clock == 4 || (resolution > 0 && resolution <= 100000000));
        CHECK(__wasi_clock_time_get(clock, 0, &first), clock == 4 || (first > 0 && first < (uint64_t)1 << 62));
        CHECK(__wasi_clock_time_get(clock, 1000, &second), second >= first);
    }
    __wasi_timestamp_t monotonic, realtime;
    __wasi_clock_time_get(1, 0, &monotonic);
    __wasi_clock_time_get(0, 0, &realtime);
    printf("the monotonic clock began with the program: %s\n", monotonic < 600000000000 ? "yes" : "NO");
    printf("the day's clock is past 2020: %s\n", realtime > 1577836800000000000 ? "yes" : "NO");

    static uint8_t random[70000];
    CALL(__wasi_random_get(random, 0));
    CALL(__wasi_random_get(random, sizeof random));
    unsigned histogram[256] = {0}, most = 0;
    for (unsigned i = 0; i < sizeof random; i++)
        histogram[random[i]]++;
    for (unsigned i = 0; i < 256; i++)
        most = histogram[i] > most ? histogram[i] : most;
    printf("all values about as often: %s\n", most < 500 ? "yes" : "NO");

    CALL(__wasi_sched_yield());
    CALL(raise_signal(0));
    CALL(raise_signal(SIG_CHLD));
    CALL(raise_signal(SIG_STOP));
    CALL(raise_signal(31));

    __wasi_iovec_t in[1] = {{text, sizeof text}};
    __wasi_ciovec_t out[1] = {{text, 1}};
    __wasi_roflags_t roflags;
    __wasi_fd_t fd;
    CALL(__wasi_sock_accept(NONE, 0, &fd));
    CALL(__wasi_sock_recv(NONE, in, 1, 0, &size, &roflags));
    CALL(__wasi_sock_send(NONE, out, 1, 0, &size));
    CALL(__wasi_sock_shutdown(NONE, 1));
    CALL(__wasi_sock_accept(1, 0, &fd));
    CALL(__wasi_sock_recv(1, in, 1, 0, &size, &roflags));
    CALL(__wasi_sock_send(1, out, 1, 0, &size));
    CALL(__wasi_sock_shutdown(1, 1));
}
