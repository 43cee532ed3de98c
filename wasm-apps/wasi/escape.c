// Every way out of a directory, with every call that takes a path. All are refused, and nothing is made outside.
#include "suite.h"

static const char *const ways[] = {
    "..", "../", "../outside", "sub/../..", "sub/../../outside", "./../outside", "/", "/etc/passwd", "//etc",
    "up", "up/", "up/outside", "root/etc", "passwd", "chain1", "chain1/outside", "sub/out", "dir/../../outside",
    "up/../..", "dir/out",
};

void test_escape(void) {
    __wasi_fd_t fd;
    __wasi_filestat_t stat;
    __wasi_size_t n;
    uint8_t text[64];
    for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++) {
        const char *way = ways[i];
        printf("%s:", way);
        printf(" open %s", try_open(BOX, way, 1, 0, READ_RIGHTS, 0));
        printf(", opendir %s", try_open(BOX, way, 1, __WASI_OFLAGS_DIRECTORY, READ_RIGHTS, 0));
        printf(", create %s", try_open(BOX, way, 1, __WASI_OFLAGS_CREAT, RW_RIGHTS, 0));
        printf(", truncate %s", try_open(BOX, way, 1, __WASI_OFLAGS_TRUNC, WRITE_RIGHTS, 0));
        printf(", stat %s", errno_name(__wasi_path_filestat_get(BOX, 1, way, &stat)));
        printf(", times %s", errno_name(__wasi_path_filestat_set_times(BOX, 1, way, 0, 0, 4)));
        printf("\n");
    }
    // Calls that don't follow the last part: only what leads out before it.
    static const char *const parents[] = {"../x", "/tmp/x", "up/x", "root/tmp/x", "chain1/x", "sub/../../x"};
    for (unsigned i = 0; i < sizeof parents / sizeof *parents; i++) {
        const char *way = parents[i];
        printf("%s:", way);
        printf(" mkdir %s", errno_name(__wasi_path_create_directory(BOX, way)));
        printf(", rmdir %s", errno_name(__wasi_path_remove_directory(BOX, way)));
        printf(", unlink %s", errno_name(__wasi_path_unlink_file(BOX, way)));
        printf(", link to %s", errno_name(__wasi_path_link(BOX, 0, "file", BOX, way)));
        printf(", link from %s", errno_name(__wasi_path_link(BOX, 0, way, BOX, "x")));
        printf(", rename to %s", errno_name(__wasi_path_rename(BOX, "file", BOX, way)));
        printf(", rename from %s", errno_name(__wasi_path_rename(BOX, way, BOX, "x")));
        printf(", symlink %s", errno_name(__wasi_path_symlink("file", BOX, way)));
        printf(", readlink %s", errno_name(__wasi_path_readlink(BOX, way, text, sizeof text, &n)));
        printf("\n");
    }
    CALL(__wasi_path_symlink("/etc/passwd", BOX, "x"));
    CALL(__wasi_path_readlink(BOX, "passwd", text, sizeof text, &n));
    // A link may say anything relative; it is judged when it is used.
    CALL(__wasi_path_symlink("../../etc/passwd", BOX, "made"));
    OPEN(BOX, "made", 1, 0, READ_RIGHTS, 0);
    OPEN(BOX, "made", 1, __WASI_OFLAGS_CREAT, RW_RIGHTS, 0);
    CALL(__wasi_path_link(BOX, 0, "made", BOX, "hard"));
    OPEN(BOX, "hard", 1, 0, READ_RIGHTS, 0);
    // A directory that is moved does not take its descriptor's way back along.
    CALL(__wasi_path_create_directory(BOX, "a"));
    CALL(__wasi_path_create_directory(BOX, "a/b"));
    fd = open_at(BOX, "a/b", __WASI_OFLAGS_DIRECTORY, READ_RIGHTS, 0);
    CALL(__wasi_path_rename(BOX, "a/b", BOX, "b"));
    OPEN(fd, "..", 0, __WASI_OFLAGS_DIRECTORY, READ_RIGHTS, 0);
    OPEN(fd, "../file", 0, 0, READ_RIGHTS, 0);
    OPEN(fd, ".", 0, __WASI_OFLAGS_DIRECTORY, READ_RIGHTS, 0);
    // A directory below is a world of its own.
    fd = open_at(BOX, "sub", __WASI_OFLAGS_DIRECTORY, READ_RIGHTS, 0);
    OPEN(fd, "a", 0, 0, READ_RIGHTS, 0);
    OPEN(fd, "../file", 0, 0, READ_RIGHTS, 0);
    // One that is replaced by a link between two calls.
    CALL(__wasi_path_rename(BOX, "sub", BOX, "old"));
    CALL(__wasi_path_symlink("..", BOX, "sub"));
    OPEN(BOX, "sub/outside", 1, 0, READ_RIGHTS, 0);
    OPEN(fd, "a", 0, 0, READ_RIGHTS, 0);
}
