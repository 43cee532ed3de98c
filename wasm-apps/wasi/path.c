// path_*: what they do, and how they fail on names that are wrong.
#include "suite.h"

static char longest[300];

void test_path(void) {
    __wasi_filestat_t stat, other;
    __wasi_size_t n = 0;
    char text[16];
    memset(longest, 'n', 256);

    OPEN(BOX, "file", 0, 0, READ_RIGHTS, 0);
    OPEN(BOX, "./sub/../sub/.//a", 0, 0, READ_RIGHTS, 0);
    OPEN(BOX, "", 0, 0, READ_RIGHTS, 0);
    OPEN(BOX, "none", 0, 0, READ_RIGHTS, 0);
    OPEN(BOX, "none/a", 0, 0, READ_RIGHTS, 0);
    OPEN(BOX, "file/a", 0, 0, READ_RIGHTS, 0);
    OPEN(BOX, "file/", 0, 0, READ_RIGHTS, 0);
    OPEN(BOX, "file", 0, __WASI_OFLAGS_DIRECTORY, READ_RIGHTS, 0);
    OPEN(BOX, "file", 0, __WASI_OFLAGS_CREAT, RW_RIGHTS, 0);
    OPEN(BOX, "file", 0, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL, RW_RIGHTS, 0);
    OPEN(BOX, "link", 0, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL, RW_RIGHTS, 0);
    OPEN(BOX, "dir1", 0, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_DIRECTORY, RW_RIGHTS, 0);
    OPEN(BOX, "sub", 0, 0, READ_RIGHTS, 0);
    OPEN(BOX, "sub/", 0, __WASI_OFLAGS_DIRECTORY, READ_RIGHTS, 0);
    OPEN(BOX, "sub", 0, 0, RW_RIGHTS, 0);
    OPEN(BOX, "sub", 0, __WASI_OFLAGS_TRUNC, RW_RIGHTS, 0);
    OPEN(BOX, "link", 0, 0, READ_RIGHTS, 0);
    OPEN(BOX, "link", 1, 0, READ_RIGHTS, 0);
    OPEN(BOX, "link", 2, 0, READ_RIGHTS, 0);
    OPEN(BOX, "dir/a", 0, 0, READ_RIGHTS, 0);
    OPEN(BOX, "dangling", 1, 0, READ_RIGHTS, 0);
    OPEN(BOX, "loop", 1, 0, READ_RIGHTS, 0);
    OPEN(BOX, "loop/a", 0, 0, READ_RIGHTS, 0);
    OPEN(BOX, "file", 0, 16, READ_RIGHTS, 0);
    OPEN(BOX, "file", 0, 0, READ_RIGHTS, 32);
    OPEN(BOX, "file", 0, 0, READ_RIGHTS, __WASI_FDFLAGS_NONBLOCK);
    OPEN(BOX, "file", 0, 0, 0, 0);
    OPEN(BOX, longest, 0, 0, READ_RIGHTS, 0);
    OPEN(BOX, "\xff", 0, 0, READ_RIGHTS, 0);
    OPEN(BOX, "\xc3\xa4\xe2\x82\xac", 0, __WASI_OFLAGS_CREAT, RW_RIGHTS, 0);
    OPEN(NONE, "file", 0, 0, READ_RIGHTS, 0);
    OPEN(0, "file", 0, 0, READ_RIGHTS, 0);
    // The lowest free number.
    __wasi_fd_t first = open_at(BOX, "file", 0, READ_RIGHTS, 0), second = open_at(BOX, "file", 0, READ_RIGHTS, 0);
    CHECK(__wasi_fd_close(first), first == 4 && second == 5 && open_at(BOX, "file", 0, READ_RIGHTS, 0) == 4);

    CALL(__wasi_path_create_directory(BOX, "new"));
    CALL(__wasi_path_create_directory(BOX, "new"));
    CALL(__wasi_path_create_directory(BOX, "new/inner/"));
    CALL(__wasi_path_create_directory(BOX, "file"));
    CALL(__wasi_path_create_directory(BOX, "file/x"));
    CALL(__wasi_path_create_directory(BOX, "none/x"));
    CALL(__wasi_path_create_directory(BOX, ""));
    CALL(__wasi_path_create_directory(BOX, longest));
    CALL(__wasi_path_create_directory(0, "x"));
    CALL(__wasi_path_create_directory(NONE, "x"));

    CHECK(__wasi_path_filestat_get(BOX, 0, "file", &stat), stat.filetype == __WASI_FILETYPE_REGULAR_FILE && stat.size == 10);
    CHECK(__wasi_path_filestat_get(BOX, 0, "link", &other), other.filetype == __WASI_FILETYPE_SYMBOLIC_LINK && other.ino != stat.ino);
    CHECK(__wasi_path_filestat_get(BOX, 1, "link", &other), other.ino == stat.ino && other.dev == stat.dev);
    CHECK(__wasi_path_filestat_get(BOX, 0, "sub", &other), other.filetype == __WASI_FILETYPE_DIRECTORY);
    CHECK(__wasi_path_filestat_get(BOX, 0, ".", &other), other.filetype == __WASI_FILETYPE_DIRECTORY);
    CHECK(__wasi_path_filestat_get(BOX, 0, "dangling", &other), other.filetype == __WASI_FILETYPE_SYMBOLIC_LINK);
    CALL(__wasi_path_filestat_get(BOX, 1, "dangling", &other));
    CALL(__wasi_path_filestat_get(BOX, 1, "loop", &other));
    CALL(__wasi_path_filestat_get(BOX, 0, "none", &other));
    CALL(__wasi_path_filestat_get(BOX, 2, "file", &other));
    CALL(__wasi_path_filestat_get(BOX, 0, "", &other));
    CALL(__wasi_path_filestat_get(NONE, 0, "file", &other));

    CALL(__wasi_path_filestat_set_times(BOX, 0, "file", 7, 8, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM));
    CHECK(__wasi_path_filestat_get(BOX, 0, "file", &stat), stat.atim == 7 && stat.mtim == 8);
    CALL(__wasi_path_filestat_set_times(BOX, 0, "link", 0, 9, __WASI_FSTFLAGS_MTIM));
    CHECK(__wasi_path_filestat_get(BOX, 0, "link", &other), other.mtim == 9);
    CHECK(__wasi_path_filestat_get(BOX, 0, "file", &stat), stat.mtim == 8);
    CALL(__wasi_path_filestat_set_times(BOX, 1, "link", 0, 11, __WASI_FSTFLAGS_MTIM));
    CHECK(__wasi_path_filestat_get(BOX, 0, "file", &stat), stat.mtim == 11);
    CALL(__wasi_path_filestat_set_times(BOX, 0, "none", 0, 0, __WASI_FSTFLAGS_MTIM));
    CALL(__wasi_path_filestat_set_times(BOX, 0, "file", 0, 0, __WASI_FSTFLAGS_MTIM | __WASI_FSTFLAGS_MTIM_NOW));
    CALL(__wasi_path_filestat_set_times(BOX, 0, "file", 0, 0, 16));

    CALL(__wasi_path_link(BOX, 0, "file", BOX, "hard"));
    CHECK(__wasi_path_filestat_get(BOX, 0, "hard", &stat), stat.nlink == 2);
    CALL(__wasi_path_link(BOX, 0, "file", BOX, "hard"));
    CALL(__wasi_path_link(BOX, 1, "link", BOX, "followed"));
    CALL(__wasi_path_link(BOX, 0, "none", BOX, "x"));
    CALL(__wasi_path_link(BOX, 0, "sub", BOX, "x"));
    CALL(__wasi_path_link(BOX, 0, "file", BOX, "none/x"));
    CALL(__wasi_path_link(BOX, 0, "file", NONE, "x"));

    CHECK(__wasi_path_readlink(BOX, "link", (uint8_t *)text, sizeof text, &n), n == 4 && memcmp(text, "file", 4) == 0);
    CHECK(__wasi_path_readlink(BOX, "link", (uint8_t *)text, 2, &n), n == 2);
    CHECK(__wasi_path_readlink(BOX, "link", (uint8_t *)text, 0, &n), n == 0);
    CALL(__wasi_path_readlink(BOX, "file", (uint8_t *)text, sizeof text, &n));
    CALL(__wasi_path_readlink(BOX, "none", (uint8_t *)text, sizeof text, &n));
    CALL(__wasi_path_readlink(NONE, "link", (uint8_t *)text, sizeof text, &n));

    CALL(__wasi_path_symlink("file", BOX, "soft"));
    CALL(__wasi_path_symlink("file", BOX, "soft"));
    CALL(__wasi_path_symlink("", BOX, "x"));
    CALL(__wasi_path_symlink("file", BOX, ""));
    CALL(__wasi_path_symlink("file", BOX, "none/x"));
    CALL(__wasi_path_symlink("file", NONE, "x"));

    CALL(__wasi_path_rename(BOX, "hard", BOX, "harder"));
    CALL(__wasi_path_rename(BOX, "hard", BOX, "x"));
    CALL(__wasi_path_rename(BOX, "file", BOX, "sub"));
    CALL(__wasi_path_rename(BOX, "sub", BOX, "file"));
    CALL(__wasi_path_rename(BOX, "new", BOX, "new/inner/deep"));
    CALL(__wasi_path_rename(BOX, "new", BOX, "sub"));
    CALL(__wasi_path_rename(BOX, "file", BOX, "none/x"));
    CALL(__wasi_path_rename(BOX, "file", NONE, "x"));
    CALL(__wasi_path_rename(BOX, "harder", BOX, "sub/moved"));

    CALL(__wasi_path_unlink_file(BOX, "sub/moved"));
    CALL(__wasi_path_unlink_file(BOX, "sub/moved"));
    CALL(__wasi_path_unlink_file(BOX, "sub"));
    CALL(__wasi_path_unlink_file(BOX, "file/"));
    CALL(__wasi_path_unlink_file(BOX, "soft"));
    CALL(__wasi_path_unlink_file(BOX, ""));
    CALL(__wasi_path_unlink_file(NONE, "file"));
    CALL(__wasi_path_remove_directory(BOX, "new"));
    CALL(__wasi_path_remove_directory(BOX, "new/inner/"));
    CALL(__wasi_path_remove_directory(BOX, "new"));
    CALL(__wasi_path_remove_directory(BOX, "file"));
    CALL(__wasi_path_remove_directory(BOX, "dir"));
    CALL(__wasi_path_remove_directory(BOX, "none"));
    CALL(__wasi_path_remove_directory(NONE, "sub"));
}
