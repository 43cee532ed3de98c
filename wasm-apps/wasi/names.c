// Each call that takes a path, with each kind of name that it can't act on, below what is no directory, and between
// file systems.
#include "suite.h"

static __wasi_filestat_t stat;
static uint8_t text[64];
static __wasi_size_t n;

// The calls that change something have nothing to change: "x" is never made.
static void each(const char *title, int dir, const char *name) {
    printf("%s:", title);
    printf(" path_open %s", try_open(dir, name, 0, 0, READ_RIGHTS, 0));
    printf(", path_open to create %s", try_open(dir, name, 0, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL, RW_RIGHTS, 0));
    printf(", path_filestat_get %s", errno_name(__wasi_path_filestat_get(dir, 0, name, &stat)));
    printf(", path_filestat_get of a link's target %s", errno_name(__wasi_path_filestat_get(dir, 1, name, &stat)));
    printf(", path_filestat_set_times %s", errno_name(__wasi_path_filestat_set_times(dir, 0, name, 0, 0, 0)));
    printf(", path_readlink %s", errno_name(__wasi_path_readlink(dir, name, text, sizeof text, &n)));
    printf(", path_create_directory %s", errno_name(__wasi_path_create_directory(dir, name)));
    printf(", path_remove_directory %s", errno_name(__wasi_path_remove_directory(dir, name)));
    printf(", path_unlink_file %s", errno_name(__wasi_path_unlink_file(dir, name)));
    printf(", path_symlink %s", errno_name(__wasi_path_symlink("file", dir, name)));
    printf(", path_link from %s", errno_name(__wasi_path_link(dir, 0, name, BOX, "x")));
    printf(", path_link to %s", errno_name(__wasi_path_link(BOX, 0, "file", dir, name)));
    printf(", path_rename from %s", errno_name(__wasi_path_rename(dir, name, BOX, "x")));
    printf(", path_rename to %s\n", errno_name(__wasi_path_rename(BOX, "file", dir, name)));
}

void test_names(void) {
    static char longest[257], deep[5001];
    memset(longest, 'n', 256);
    for (int i = 0; i < 5000; i += 2)
        memcpy(deep + i, "d/", 2);
    each("empty", BOX, "");
    each("too long", BOX, longest);
    each("too deep", BOX, deep);
    each("not UTF-8", BOX, "\xff");
    each("in a directory that is not there", BOX, "none/x");
    each("in a file", BOX, "file/x");
    each("in a link that leads nowhere", BOX, "dangling/x");
    each("in links that lead to each other", BOX, "loop/x");
    each("below a number that is not open", NONE, "x");
    each("below a stream", 1, "x");
    __wasi_fd_t file = open_at(BOX, "file", 0, READ_RIGHTS, 0);
    each("below a file", file, "x");
    each("below a read-only directory", SECOND, "none");
    __wasi_fd_t gone;
    CALL(__wasi_path_create_directory(BOX, "gone"));
    gone = open_at(BOX, "gone", __WASI_OFLAGS_DIRECTORY, READ_RIGHTS, 0);
    CALL(__wasi_path_remove_directory(BOX, "gone"));
    each("below a directory that was removed", gone, "x");
}
