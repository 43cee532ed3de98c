// fd_*: on files, on a directory, on a standard stream and on what is not open.
#include "suite.h"

static char buffer[64];

static void files(void) {
    __wasi_size_t n = 0;
    __wasi_filesize_t at = 0;
    __wasi_ciovec_t out[2] = {{(uint8_t *)"abc", 3}, {(uint8_t *)"def", 3}};
    __wasi_iovec_t in[3] = {{(uint8_t *)buffer + 8, 4}, {(uint8_t *)buffer + 20, 0}, {(uint8_t *)buffer, 8}};
    __wasi_filestat_t stat;
    __wasi_fdstat_t fdstat;

    __wasi_fd_t fd = open_at(BOX, "new", __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL, RW_RIGHTS, 0);
    CHECK(__wasi_fd_write(fd, out, 2, &n), n == 6);
    CHECK(__wasi_fd_write(fd, out, 0, &n), n == 0);
    CHECK(__wasi_fd_tell(fd, &at), at == 6);
    CHECK(__wasi_fd_seek(fd, 0, __WASI_WHENCE_SET, &at), at == 0);
    CHECK(__wasi_fd_read(fd, in, 3, &n), n == 6 && memcmp(buffer + 8, "abcd", 4) == 0 && memcmp(buffer, "ef", 2) == 0);
    CHECK(__wasi_fd_read(fd, in, 3, &n), n == 0);
    CHECK(__wasi_fd_seek(fd, -2, __WASI_WHENCE_END, &at), at == 4);
    CHECK(__wasi_fd_seek(fd, 1, __WASI_WHENCE_CUR, &at), at == 5);
    CALL(__wasi_fd_seek(fd, -1, __WASI_WHENCE_SET, &at));
    CALL(__wasi_fd_seek(fd, -6, __WASI_WHENCE_CUR, &at));
    CALL(__wasi_fd_seek(fd, 0, 3, &at));
    CHECK(__wasi_fd_seek(fd, 100, __WASI_WHENCE_SET, &at), at == 100);
    CHECK(__wasi_fd_pread(fd, in, 1, 2, &n), n == 4 && memcmp(buffer + 8, "cdef", 4) == 0);
    CHECK(__wasi_fd_pread(fd, in, 1, 6, &n), n == 0);
    CALL(__wasi_fd_pread(fd, in, 1, (uint64_t)1 << 63, &n));
    CHECK(__wasi_fd_pwrite(fd, out, 2, 4, &n), n == 6);
    CALL(__wasi_fd_pwrite(fd, out, 1, (uint64_t)1 << 63, &n));
    CHECK(__wasi_fd_tell(fd, &at), at == 100);
    CHECK(__wasi_fd_filestat_get(fd, &stat), stat.size == 10 && stat.filetype == __WASI_FILETYPE_REGULAR_FILE && stat.nlink == 1);
    CALL(__wasi_fd_filestat_set_size(fd, 3));
    CHECK(__wasi_fd_filestat_get(fd, &stat), stat.size == 3);
    CALL(__wasi_fd_filestat_set_size(fd, (uint64_t)1 << 63));
    CHECK(__wasi_fd_allocate(fd, 10, 10), __wasi_fd_filestat_get(fd, &stat) == 0 && stat.size == 20);
    CHECK(__wasi_fd_allocate(fd, 0, 5), __wasi_fd_filestat_get(fd, &stat) == 0 && stat.size == 20);
    CALL(__wasi_fd_allocate(fd, 0, 0));
    CALL(__wasi_fd_allocate(fd, (uint64_t)1 << 62, (uint64_t)1 << 62));
    for (int advice = 0; advice < 7; advice++)
        CALL(__wasi_fd_advise(fd, 0, 0, advice));
    CALL(__wasi_fd_advise(fd, ~(uint64_t)0, 2, 0));
    CALL(__wasi_fd_datasync(fd));
    CALL(__wasi_fd_sync(fd));
    CALL(__wasi_fd_filestat_set_times(fd, 1000000001, 2000000002, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM));
    CHECK(__wasi_fd_filestat_get(fd, &stat), stat.atim == 1000000001 && stat.mtim == 2000000002);
    CALL(__wasi_fd_filestat_set_times(fd, 5, 5, 0));
    CHECK(__wasi_fd_filestat_get(fd, &stat), stat.atim == 1000000001 && stat.mtim == 2000000002);
    CALL(__wasi_fd_filestat_set_times(fd, 0, 0, __WASI_FSTFLAGS_MTIM_NOW));
    CHECK(__wasi_fd_filestat_get(fd, &stat), stat.atim == 1000000001 && stat.mtim > 2000000002);
    CALL(__wasi_fd_filestat_set_times(fd, 0, 0, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_ATIM_NOW));
    CALL(__wasi_fd_filestat_set_times(fd, 0, 0, 16));
    CHECK(__wasi_fd_fdstat_get(fd, &fdstat), fdstat.fs_filetype == 4 && fdstat.fs_flags == 0 && (fdstat.fs_rights_base & RW_RIGHTS) == (RW_RIGHTS & ~__WASI_RIGHTS_FD_READDIR));
    CALL(__wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_APPEND | __WASI_FDFLAGS_NONBLOCK));
    CHECK(__wasi_fd_fdstat_get(fd, &fdstat), fdstat.fs_flags == (__WASI_FDFLAGS_APPEND | __WASI_FDFLAGS_NONBLOCK));
    CALL(__wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_SYNC));
    CALL(__wasi_fd_fdstat_set_flags(fd, 32));
    CHECK(__wasi_fd_seek(fd, 0, __WASI_WHENCE_SET, &at), at == 0);
    CHECK(__wasi_fd_write(fd, out, 1, &n), __wasi_fd_filestat_get(fd, &stat) == 0 && stat.size == 23);
    // The offset counts, also with APPEND.
    CHECK(__wasi_fd_pwrite(fd, out, 1, 0, &n), __wasi_fd_filestat_get(fd, &stat) == 0 && stat.size == 23);
    CHECK(__wasi_fd_pread(fd, in, 1, 0, &n), n == 4 && memcmp(buffer + 8, "abc", 3) == 0);
    CALL(__wasi_fd_fdstat_set_rights(fd, 0, 0));
    CALL(__wasi_fd_close(fd));
    CALL(__wasi_fd_close(fd));

    fd = open_at(BOX, "file", __WASI_OFLAGS_TRUNC, RW_RIGHTS, __WASI_FDFLAGS_APPEND);
    CHECK(__wasi_fd_write(fd, out, 1, &n), n == 3);
    CHECK(__wasi_fd_pwrite(fd, out + 1, 1, 0, &n), __wasi_fd_filestat_get(fd, &stat) == 0 && stat.size == 3);
    CALL(__wasi_fd_close(fd));

    fd = open_at(BOX, "file", 0, READ_RIGHTS, __WASI_FDFLAGS_SYNC);
    CHECK(__wasi_fd_fdstat_get(fd, &fdstat), (fdstat.fs_flags & __WASI_FDFLAGS_SYNC) != 0);
    CALL(__wasi_fd_write(fd, out, 1, &n));
    CALL(__wasi_fd_pwrite(fd, out, 1, 0, &n));
    CALL(__wasi_fd_allocate(fd, 0, 5));
    CALL(__wasi_fd_filestat_set_size(fd, 0));
    CALL(__wasi_fd_close(fd));
    fd = open_at(BOX, "file", 0, WRITE_RIGHTS, 0);
    CALL(__wasi_fd_read(fd, in, 1, &n));
    CALL(__wasi_fd_pread(fd, in, 1, 0, &n));
    CALL(__wasi_fd_readdir(fd, (uint8_t *)buffer, sizeof buffer, 0, &n));
    static __wasi_ciovec_t many[1025];
    CHECK(__wasi_fd_write(fd, many, 1024, &n), n == 0);
    CALL(__wasi_fd_write(fd, many, 1025, &n));
    CALL(__wasi_fd_close(fd));
}

static void directories(void) {
    __wasi_size_t n = 0;
    __wasi_filesize_t at = 0;
    __wasi_ciovec_t out[1] = {{(uint8_t *)"abc", 3}};
    __wasi_iovec_t in[1] = {{(uint8_t *)buffer, 4}};
    __wasi_filestat_t stat;
    __wasi_fdstat_t fdstat;

    CALL(__wasi_fd_read(BOX, in, 1, &n));
    CALL(__wasi_fd_pread(BOX, in, 1, 0, &n));
    CALL(__wasi_fd_write(BOX, out, 1, &n));
    CALL(__wasi_fd_pwrite(BOX, out, 1, 0, &n));
    CALL(__wasi_fd_seek(BOX, 0, 0, &at));
    CALL(__wasi_fd_tell(BOX, &at));
    CALL(__wasi_fd_advise(BOX, 0, 0, 0));
    CALL(__wasi_fd_allocate(BOX, 0, 1));
    CALL(__wasi_fd_filestat_set_size(BOX, 0));
    CALL(__wasi_fd_fdstat_set_flags(BOX, 0));
    CALL(__wasi_fd_fdstat_set_rights(BOX, 0, 0));
    CALL(__wasi_fd_datasync(BOX));
    CALL(__wasi_fd_sync(BOX));
    CHECK(__wasi_fd_filestat_get(BOX, &stat), stat.filetype == __WASI_FILETYPE_DIRECTORY);
    CHECK(__wasi_fd_fdstat_get(BOX, &fdstat), fdstat.fs_filetype == __WASI_FILETYPE_DIRECTORY && (fdstat.fs_rights_base & __WASI_RIGHTS_PATH_OPEN) != 0);
    CALL(__wasi_fd_filestat_set_times(BOX, 0, 1000000001, __WASI_FSTFLAGS_MTIM));
    CHECK(__wasi_fd_filestat_get(BOX, &stat), stat.mtim == 1000000001);
    __wasi_prestat_t prestat;
    CHECK(__wasi_fd_prestat_get(BOX, &prestat), prestat.tag == 0 && prestat.u.dir.pr_name_len == 4);
    CHECK(__wasi_fd_prestat_dir_name(BOX, (uint8_t *)buffer, 4), memcmp(buffer, "/box", 4) == 0);
    CALL(__wasi_fd_prestat_dir_name(BOX, (uint8_t *)buffer, 3));
    CALL(__wasi_fd_prestat_get(0, &prestat));
    __wasi_fd_t sub = open_at(BOX, "sub", __WASI_OFLAGS_DIRECTORY, READ_RIGHTS, 0);
    CALL(__wasi_fd_prestat_get(sub, &prestat));
    CALL(__wasi_fd_prestat_dir_name(sub, (uint8_t *)buffer, 4));
    CALL(__wasi_fd_close(sub));
}

// Every name once, however small the buffer, and none lost when files are removed on the way.
static void listing(void) {
    __wasi_size_t n = 0;
    __wasi_fd_t fd;
    char name[8];
    CALL(__wasi_path_create_directory(BOX, "many"));
    __wasi_fd_t dir = open_at(BOX, "many", __WASI_OFLAGS_DIRECTORY, READ_RIGHTS, 0);
    for (int i = 0; i < 50; i++) {
        snprintf(name, sizeof name, "f%02d", i);
        fd = open_at(dir, name, __WASI_OFLAGS_CREAT, WRITE_RIGHTS, 0);
        __wasi_fd_close(fd);
    }
    for (unsigned size = 27; size <= 64; size += 37) {
        int seen[50] = {0}, dots = 0, others = 0;
        __wasi_dircookie_t cookie = 0;
        for (;;) {
            uint8_t page[64];
            __wasi_errno_t error = __wasi_fd_readdir(dir, page, size, cookie, &n);
            if (error != 0) {
                printf("readdir: %s\n", errno_name(error));
                break;
            }
            __wasi_dirent_t entry;
            unsigned at = 0;
            while (at + sizeof entry <= n) {
                memcpy(&entry, page + at, sizeof entry);
                if (at + sizeof entry + entry.d_namlen > n)
                    break;
                const char *text = (const char *)page + at + sizeof entry;
                int number;
                if (text[0] == '.')
                    dots += entry.d_type == __WASI_FILETYPE_DIRECTORY;
                else if (entry.d_namlen == 3 && entry.d_type == __WASI_FILETYPE_REGULAR_FILE && (number = (text[1] - '0') * 10 + text[2] - '0') < 50) {
                    seen[number]++;
                    if (size == 64) {
                        memcpy(name, text, 3);
                        name[3] = 0;
                        __wasi_path_unlink_file(dir, name);
                    }
                } else
                    others++;
                at += sizeof entry + entry.d_namlen;
                cookie = entry.d_next;
            }
            if (n < size)
                break;
        }
        int once = 0;
        for (int i = 0; i < 50; i++)
            once += seen[i] == 1;
        printf("buffer of %u: %d names once, %d dots, %d others\n", size, once, dots, others);
    }
    uint8_t page[64];
    CHECK(__wasi_fd_readdir(dir, page, sizeof page, 0, &n), n == 51);
    CHECK(__wasi_fd_readdir(dir, page, 10, 0, &n), n == 10);
    CHECK(__wasi_fd_readdir(dir, page, 0, 0, &n), n == 0);
    CHECK(__wasi_fd_readdir(dir, page, sizeof page, 1000, &n), n == 0);
    CHECK(__wasi_fd_readdir(dir, page, sizeof page, ~(uint64_t)0, &n), n == 0);
    CALL(__wasi_fd_close(dir));
    CALL(__wasi_path_remove_directory(BOX, "many"));
}

static void numbers(void) {
    __wasi_filestat_t stat;
    __wasi_prestat_t prestat;
    __wasi_fd_t a = open_at(BOX, "file", 0, READ_RIGHTS, 0);
    __wasi_fd_t b = open_at(BOX, "sub/a", 0, READ_RIGHTS, 0);
    CALL(__wasi_fd_renumber(a, NONE));
    CALL(__wasi_fd_renumber(NONE, a));
    CALL(__wasi_fd_renumber(a, a));
    CALL(__wasi_fd_renumber(b, a));
    CHECK(__wasi_fd_filestat_get(a, &stat), stat.size == 1);
    CALL(__wasi_fd_filestat_get(b, &stat));
    // A granted directory may be replaced and closed; what it stood for is out of reach then.
    __wasi_fd_t sub = open_at(BOX, "sub", __WASI_OFLAGS_DIRECTORY, READ_RIGHTS, 0);
    CALL(__wasi_fd_renumber(sub, BOX));
    CALL(__wasi_fd_prestat_get(BOX, &prestat));
    OPEN(BOX, "a", 0, 0, READ_RIGHTS, 0);
    OPEN(BOX, "../file", 0, 0, READ_RIGHTS, 0);
    CALL(__wasi_fd_close(BOX));
    OPEN(BOX, "a", 0, 0, READ_RIGHTS, 0);
}

static void closed(void) {
    __wasi_size_t n;
    __wasi_filesize_t at;
    __wasi_filestat_t stat;
    __wasi_fdstat_t fdstat;
    __wasi_prestat_t prestat;
    __wasi_ciovec_t out[1] = {{(uint8_t *)"abc", 3}};
    __wasi_iovec_t in[1] = {{(uint8_t *)buffer, 4}};
    CALL(__wasi_fd_advise(NONE, 0, 0, 0));
    CALL(__wasi_fd_allocate(NONE, 0, 1));
    CALL(__wasi_fd_close(NONE));
    CALL(__wasi_fd_datasync(NONE));
    CALL(__wasi_fd_fdstat_get(NONE, &fdstat));
    CALL(__wasi_fd_fdstat_set_flags(NONE, 0));
    CALL(__wasi_fd_fdstat_set_rights(NONE, 0, 0));
    CALL(__wasi_fd_filestat_get(NONE, &stat));
    CALL(__wasi_fd_filestat_set_size(NONE, 0));
    CALL(__wasi_fd_filestat_set_times(NONE, 0, 0, 0));
    CALL(__wasi_fd_pread(NONE, in, 1, 0, &n));
    CALL(__wasi_fd_prestat_get(NONE, &prestat));
    CALL(__wasi_fd_prestat_dir_name(NONE, (uint8_t *)buffer, 4));
    CALL(__wasi_fd_pwrite(NONE, out, 1, 0, &n));
    CALL(__wasi_fd_read(NONE, in, 1, &n));
    CALL(__wasi_fd_readdir(NONE, (uint8_t *)buffer, 4, 0, &n));
    CALL(__wasi_fd_seek(NONE, 0, 0, &at));
    CALL(__wasi_fd_sync(NONE));
    CALL(__wasi_fd_tell(NONE, &at));
    CALL(__wasi_fd_write(NONE, out, 1, &n));
    CALL(__wasi_fd_read(-1, in, 1, &n));
    CALL(__wasi_fd_read(1, in, 1, &n));
    CALL(__wasi_fd_write(0, out, 1, &n));
}

void test_fd(void) {
    files();
    directories();
    listing();
    closed();
    numbers();
}
