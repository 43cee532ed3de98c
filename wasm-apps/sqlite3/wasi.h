// What the shell asks of a system beyond WASI. Files have no mode there, so none can be set.
#include <errno.h>
#include <sys/stat.h>

static int chmod(const char *path, mode_t mode) {
    (void)path;
    (void)mode;
    errno = ENOTSUP;
    return -1;
}
