// Below a read-only grant every change is refused; below another one nothing of it can be reached to be changed.
#include "suite.h"

void test_readonly(void) {
    __wasi_filestat_t stat;
    __wasi_fdstat_t fdstat;
    __wasi_size_t n;
    __wasi_ciovec_t out[1] = {{(uint8_t *)"abc", 3}};
    uint8_t text[16];
    __wasi_iovec_t in[1] = {{text, sizeof text}};

    OPEN(BOX, "file", 0, 0, READ_RIGHTS, 0);
    OPEN(BOX, "file", 0, 0, RW_RIGHTS, 0);
    OPEN(BOX, "file", 0, 0, WRITE_RIGHTS, 0);
    OPEN(BOX, "file", 0, 0, __WASI_RIGHTS_FD_ALLOCATE, 0);
    OPEN(BOX, "file", 0, __WASI_OFLAGS_TRUNC, READ_RIGHTS, 0);
    OPEN(BOX, "file", 0, __WASI_OFLAGS_CREAT, READ_RIGHTS, 0);
    OPEN(BOX, "file", 0, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL, READ_RIGHTS, 0);
    OPEN(BOX, "new", 0, __WASI_OFLAGS_CREAT, READ_RIGHTS, 0);
    OPEN(BOX, "link", 1, 0, RW_RIGHTS, 0);
    OPEN(BOX, "sub", 0, __WASI_OFLAGS_DIRECTORY, READ_RIGHTS, 0);
    CALL(__wasi_path_create_directory(BOX, "new"));
    CALL(__wasi_path_remove_directory(BOX, "sub"));
    CALL(__wasi_path_unlink_file(BOX, "file"));
    CALL(__wasi_path_symlink("file", BOX, "new"));
    CALL(__wasi_path_filestat_set_times(BOX, 0, "file", 0, 0, 4));
    CALL(__wasi_path_rename(BOX, "file", BOX, "new"));
    CALL(__wasi_path_rename(BOX, "file", SECOND, "new"));
    CALL(__wasi_path_rename(SECOND, "file", BOX, "new"));
    CALL(__wasi_path_link(BOX, 0, "file", BOX, "new"));
    CALL(__wasi_path_link(SECOND, 0, "file", BOX, "new"));
    // A second name would make the file writable.
    CALL(__wasi_path_link(BOX, 0, "file", SECOND, "new"));
    CALL(__wasi_fd_filestat_set_times(BOX, 0, 0, 4));
    CHECK(__wasi_fd_fdstat_get(BOX, &fdstat), (fdstat.fs_rights_base & __WASI_RIGHTS_PATH_UNLINK_FILE) == 0);

    __wasi_fd_t fd = open_at(BOX, "file", 0, READ_RIGHTS, 0);
    CHECK(__wasi_fd_read(fd, in, 1, &n), n == 10);
    CALL(__wasi_fd_write(fd, out, 1, &n));
    CALL(__wasi_fd_pwrite(fd, out, 1, 0, &n));
    CALL(__wasi_fd_allocate(fd, 0, 100));
    CALL(__wasi_fd_filestat_set_size(fd, 0));
    CALL(__wasi_fd_filestat_set_times(fd, 0, 0, 4));
    CHECK(__wasi_fd_fdstat_get(fd, &fdstat), (fdstat.fs_rights_base & __WASI_RIGHTS_FD_FILESTAT_SET_TIMES) == 0);

    __wasi_fd_t sub = open_at(BOX, "sub", __WASI_OFLAGS_DIRECTORY, READ_RIGHTS, 0);
    OPEN(sub, "a", 0, 0, RW_RIGHTS, 0);
    OPEN(sub, "new", 0, __WASI_OFLAGS_CREAT, RW_RIGHTS, 0);
    CALL(__wasi_path_unlink_file(sub, "a"));
    // Another number changes nothing.
    CALL(__wasi_fd_renumber(sub, SECOND));
    CALL(__wasi_path_unlink_file(SECOND, "a"));
    CHECK(__wasi_path_filestat_get(BOX, 0, "file", &stat), stat.size == 10 && stat.nlink == 1);
}
