// One line per call: what was called, and the name of the error number it answered. The functions are called as
// they are, past the C library.
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wasi/api.h>

#define ALL_RIGHTS (~(uint64_t)0)
#define READ_RIGHTS (__WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_READDIR)
#define WRITE_RIGHTS __WASI_RIGHTS_FD_WRITE
#define RW_RIGHTS (READ_RIGHTS | WRITE_RIGHTS)

/// The first directory that was granted, and the second.
#define BOX 3
#define SECOND 4
/// No descriptor has this number.
#define NONE 77

const char *errno_name(int error);

/// Not in this C library any more.
__attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_raise"))) int32_t raise_signal(int32_t signal);
#define SIG_ABRT 6
#define SIG_CHLD 16
#define SIG_STOP 18

/// Prints the outcome of a call.
#define CALL(call) printf("%s: %s\n", #call, errno_name(call))
/// Prints the outcome of a call and whether a condition holds after it.
#define CHECK(call, condition) \
    do { \
        const char *outcome = errno_name(call); \
        printf("%s: %s, %s: %s\n", #call, outcome, #condition, (condition) ? "yes" : "NO"); \
    } while (0)

/// Opens a path below `dir`; prints an error.
static inline __wasi_fd_t open_at(int dir, const char *path, int oflags, uint64_t rights, int fdflags) {
    __wasi_fd_t fd = NONE;
    __wasi_errno_t error = __wasi_path_open(dir, 1, path, oflags, rights, rights, fdflags, &fd);
    if (error != 0)
        printf("open %s: %s\n", path, errno_name(error));
    return fd;
}

/// Only opens, and says what came of it.
static inline const char *try_open(int dir, const char *path, int lookup, int oflags, uint64_t rights, int fdflags) {
    __wasi_fd_t fd;
    __wasi_errno_t error = __wasi_path_open(dir, lookup, path, oflags, rights, rights, fdflags, &fd);
    if (error == 0)
        __wasi_fd_close(fd);
    return errno_name(error);
}
#define OPEN(dir, path, lookup, oflags, rights, fdflags) \
    printf("open(%s, %s, %s, %s, %s): %s\n", #path, #lookup, #oflags, #rights, #fdflags, \
           try_open(dir, path, lookup, oflags, rights, fdflags))

void test_fd(void);
void test_path(void);
void test_escape(void);
void test_readonly(void);
void test_poll(void);
void test_system(void);
void test_names(void);
void test_devices(void);
