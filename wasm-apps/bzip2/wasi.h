// What bzip2 asks of a system beyond WASI. Files have no mode and no owner there; stat() reports none. To ask for what it
// reports is no change and succeeds, anything else is not supported.
#include <errno.h>
#include <sys/stat.h>

static int fchmod(int fd, mode_t mode) {
    struct stat status;
    if (fstat(fd, &status) != 0)
        return -1;
    if ((status.st_mode ^ mode) & 07777) {
        errno = ENOTSUP;
        return -1;
    }
    return 0;
}

static int fchown(int fd, uid_t owner, gid_t group) {
    struct stat status;
    if (fstat(fd, &status) != 0)
        return -1;
    if (status.st_uid != owner || status.st_gid != group) {
        errno = ENOTSUP;
        return -1;
    }
    return 0;
}
