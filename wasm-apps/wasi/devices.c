// Files that are no regular ones, and calls between two file systems.
#include "suite.h"

/// Where the devices are, and a directory for files.
#define DEVICES 3
#define FILES 4

void test_devices(void) {
    __wasi_size_t n = 0;
    __wasi_filesize_t at = 0;
    __wasi_filestat_t stat;
    __wasi_fdstat_t fdstat;
    uint8_t buffer[4] = {1, 1, 1, 1};
    __wasi_ciovec_t out[1] = {{(uint8_t *)"abc", 3}};
    __wasi_iovec_t in[1] = {{buffer, 4}};

    __wasi_fd_t fd = open_at(DEVICES, "full", 0, RW_RIGHTS, 0);
    CALL(__wasi_fd_write(fd, out, 1, &n));
    CALL(__wasi_fd_pwrite(fd, out, 1, 0, &n));
    CHECK(__wasi_fd_read(fd, in, 1, &n), n == 4 && buffer[0] == 0 && buffer[3] == 0);
    CALL(__wasi_fd_close(fd));

    fd = open_at(DEVICES, "null", __WASI_OFLAGS_TRUNC, RW_RIGHTS, 0);
    CHECK(__wasi_fd_write(fd, out, 1, &n), n == 3);
    CHECK(__wasi_fd_pwrite(fd, out, 1, 5, &n), n == 3);
    CHECK(__wasi_fd_read(fd, in, 1, &n), n == 0);
    CHECK(__wasi_fd_pread(fd, in, 1, 5, &n), n == 0);
    CHECK(__wasi_fd_seek(fd, 5, __WASI_WHENCE_SET, &at), at == 0);
    CALL(__wasi_fd_allocate(fd, 0, 1));
    CALL(__wasi_fd_filestat_set_size(fd, 1));
    CALL(__wasi_fd_sync(fd));
    CALL(__wasi_fd_datasync(fd));
    CALL(__wasi_fd_readdir(fd, buffer, 4, 0, &n));
    CHECK(__wasi_fd_filestat_get(fd, &stat), stat.filetype == __WASI_FILETYPE_CHARACTER_DEVICE && stat.size == 0);
    CHECK(__wasi_fd_fdstat_get(fd, &fdstat), fdstat.fs_filetype == __WASI_FILETYPE_CHARACTER_DEVICE);
    CALL(__wasi_sock_shutdown(fd, 1));
    CALL(__wasi_fd_close(fd));
    OPEN(DEVICES, "null", 0, __WASI_OFLAGS_DIRECTORY, READ_RIGHTS, 0);
    OPEN(DEVICES, "null/x", 0, 0, READ_RIGHTS, 0);
    CHECK(__wasi_path_filestat_get(DEVICES, 0, "null", &stat), stat.filetype == __WASI_FILETYPE_CHARACTER_DEVICE);

    CALL(__wasi_path_link(FILES, 0, "file", DEVICES, "wasi-test"));
    CALL(__wasi_path_rename(FILES, "file", DEVICES, "wasi-test"));
    CALL(__wasi_path_rename(FILES, "sub", DEVICES, "wasi-test"));
    CALL(__wasi_path_link(DEVICES, 0, "null", FILES, "x"));

    fd = open_at(FILES, "file", 0, RW_RIGHTS, 0);
    CHECK(__wasi_fd_seek(fd, 1, __WASI_WHENCE_SET, &at), at == 1);
    CALL(__wasi_fd_seek(fd, INT64_MAX, __WASI_WHENCE_CUR, &at));
    CALL(__wasi_fd_seek(fd, INT64_MIN, __WASI_WHENCE_CUR, &at));
    CALL(__wasi_fd_seek(fd, INT64_MIN, __WASI_WHENCE_END, &at));
    CHECK(__wasi_fd_tell(fd, &at), at == 1);
}
