// Works on files in /data: every step prints what it saw, so that the output tells what went wrong.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void check(int ok, const char *what) {
    if (!ok) {
        printf("%s: %s\n", what, strerror(errno));
        exit(EXIT_FAILURE);
    }
}

static int by_name(const void *left, const void *right) {
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static void list(const char *path) {
    char *names[64];
    size_t count = 0;
    DIR *dir = opendir(path);
    check(dir != NULL, "opendir");
    for (struct dirent *entry; count < 64 && (entry = readdir(dir)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            names[count++] = strdup(entry->d_name);
    check(closedir(dir) == 0, "closedir");
    qsort(names, count, sizeof *names, by_name);
    printf("%s:", path);
    for (size_t i = 0; i < count; i++) {
        printf(" %s", names[i]);
        free(names[i]);
    }
    printf("\n");
}

static void expect_error(int result, int error, const char *what) {
    if (result >= 0)
        printf("%s: succeeded\n", what);
    else
        printf("%s: %s\n", what, errno == error ? "refused as it should be" : strerror(errno));
}

int main(void) {
    char buffer[64];
    struct stat status;
    list("/data");

    int fd = open("/data/new", O_RDWR | O_CREAT | O_EXCL, 0644);
    check(fd >= 0, "create");
    check(write(fd, "one two three", 13) == 13, "write");
    check(lseek(fd, 4, SEEK_SET) == 4, "lseek");
    check(read(fd, buffer, 3) == 3, "read");
    printf("read: %.3s\n", buffer);
    check(pwrite(fd, "TWO", 3, 4) == 3, "pwrite");
    check(pread(fd, buffer, 13, 0) == 13, "pread");
    printf("pread: %.13s at %ld\n", buffer, (long)lseek(fd, 0, SEEK_CUR));
    check(ftruncate(fd, 7) == 0, "ftruncate");
    check(fstat(fd, &status) == 0, "fstat");
    printf("fstat: %lld bytes, %s\n", (long long)status.st_size, S_ISREG(status.st_mode) ? "regular" : "other");
    check(fsync(fd) == 0 && close(fd) == 0, "close");
    expect_error(open("/data/new", O_CREAT | O_EXCL | O_WRONLY, 0644), EEXIST, "create again");

    fd = open("/data/new", O_WRONLY | O_APPEND);
    check(fd >= 0 && write(fd, "!", 1) == 1 && close(fd) == 0, "append");
    check(rename("/data/new", "/data/newer") == 0, "rename");
    expect_error(stat("/data/new", &status), ENOENT, "stat of the old name");
    FILE *file = fopen("/data/newer", "r");
    check(file != NULL && fgets(buffer, sizeof buffer, file) != NULL && fclose(file) == 0, "fopen");
    printf("after append and rename: %s\n", buffer);

    check(mkdir("/data/dir", 0755) == 0, "mkdir");
    check(link("/data/newer", "/data/dir/hard") == 0, "link");
    check(stat("/data/dir/hard", &status) == 0, "stat");
    printf("links: %d\n", (int)status.st_nlink);
    check(symlink("../newer", "/data/dir/soft") == 0, "symlink");
    ssize_t length = readlink("/data/dir/soft", buffer, sizeof buffer);
    check(length >= 0, "readlink");
    printf("readlink: %.*s\n", (int)length, buffer);
    check(lstat("/data/dir/soft", &status) == 0 && S_ISLNK(status.st_mode), "lstat");
    check(stat("/data/dir/soft", &status) == 0, "stat through the link");
    printf("through the link: %lld bytes\n", (long long)status.st_size);
    list("/data/dir");
    expect_error(rmdir("/data/dir"), ENOTEMPTY, "rmdir of a full directory");
    check(unlink("/data/dir/hard") == 0 && unlink("/data/dir/soft") == 0, "unlink");
    check(rmdir("/data/dir") == 0, "rmdir");
    expect_error(open("/data/dir/x", O_RDONLY), ENOENT, "open below nothing");
    expect_error(open("/data/greeting/x", O_RDONLY), ENOTDIR, "open below a file");
    expect_error(open("/data", O_WRONLY), EISDIR, "open a directory for writing");

    struct timespec times[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1234567890, .tv_nsec = 5000}};
    check(utimensat(AT_FDCWD, "/data/newer", times, 0) == 0, "utimensat");
    check(stat("/data/newer", &status) == 0, "stat");
    printf("times: %lld %lld\n", (long long)status.st_atim.tv_sec, (long long)status.st_mtim.tv_sec);
    list("/data");
    return EXIT_SUCCESS;
}
