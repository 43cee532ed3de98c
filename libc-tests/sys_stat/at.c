/* Files by name below a directory: modes, times, nodes, links, owners. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
#define FAILS(E, C) (errno = 0, CHECK((C) == -1 && errno == E))

int main(void) {
  int failed = 0, dir, fd;
  struct stat st;
  umask(022);
  CHECK(!mkdir("d", 0755) && (dir = open("d", O_RDONLY | O_DIRECTORY)) >= 0);
  CHECK(!mkdirat(dir, "sub", 0777) && !stat("d/sub", &st) && S_ISDIR(st.st_mode) && (st.st_mode & 0777) == 0755);
  FAILS(EEXIST, mkdirat(dir, "sub", 0777));
  FAILS(EBADF, mkdirat(-5, "x", 0777));
  CHECK(!mkfifoat(dir, "fifo", 0666) && !stat("d/fifo", &st) && S_ISFIFO(st.st_mode) && (st.st_mode & 0777) == 0644);
  CHECK(!mknodat(dir, "plain", S_IFREG | 0600, 0) && !stat("d/plain", &st) && S_ISREG(st.st_mode) && st.st_size == 0);
  CHECK(!mknod("pipe", S_IFIFO | 0600, 0) && !stat("pipe", &st) && S_ISFIFO(st.st_mode));
  CHECK(!fchmodat(dir, "plain", 0640, 0) && !stat("d/plain", &st) && (st.st_mode & 07777) == 0640);
  FAILS(ENOENT, fchmodat(dir, "none", 0640, 0));
  FAILS(EINVAL, fchmodat(dir, "plain", 0640, 0x4000));
  CHECK(!symlinkat("plain", dir, "link") && !fstatat(dir, "link", &st, AT_SYMLINK_NOFOLLOW) && S_ISLNK(st.st_mode) && st.st_size == 5);
  FAILS(EEXIST, symlinkat("x", dir, "link"));
  FAILS(EINVAL, fstatat(dir, "link", &st, 0x10));
  CHECK(!fchownat(dir, "plain", getuid(), getgid(), 0) && !fchownat(dir, "link", -1, -1, AT_SYMLINK_NOFOLLOW) && !lchown("d/link", getuid(), getgid()));
  FAILS(ENOENT, fchownat(dir, "none", 0, 0, 0));
  struct timespec times[2] = {{1000, 5}, {2000, 7}};
  fd = openat(dir, "plain", O_RDWR);
  CHECK(!futimens(fd, times) && !fstat(fd, &st) && st.st_atim.tv_sec == 1000 && st.st_atim.tv_nsec == 5 && st.st_mtim.tv_sec == 2000 && st.st_mtim.tv_nsec == 7);
  times[0].tv_nsec = UTIME_OMIT, times[1].tv_nsec = UTIME_NOW;
  CHECK(!futimens(fd, times) && !fstat(fd, &st) && st.st_atim.tv_sec == 1000 && st.st_mtim.tv_sec > 100000);
  times[1].tv_nsec = 1000000000;
  FAILS(EINVAL, futimens(fd, times));
  FAILS(EBADF, futimens(-1, NULL));
  struct timeval coarse[2] = {{300, 9}, {400, 11}};
  CHECK(!utimes("d/plain", coarse) && !stat("d/plain", &st) && st.st_atim.tv_nsec == 9000 && st.st_mtim.tv_sec == 400);
  coarse[1].tv_usec = 1000000;
  FAILS(EINVAL, utimes("d/plain", coarse));
  FAILS(ENOENT, utimes("d/none", NULL));
  struct statvfs fs, by_name;
  CHECK(!fstatvfs(fd, &fs) && !statvfs("d", &by_name) && fs.f_bsize == by_name.f_bsize && fs.f_namemax >= 255 && fs.f_bfree <= fs.f_blocks);
  FAILS(EBADF, fstatvfs(-1, &fs));
  /* Places in a file: reserved and given as advice. */
  CHECK(posix_fallocate(fd, 0, 8192) == 0 && !fstat(fd, &st) && st.st_size == 8192 && posix_fallocate(fd, 100, 10) == 0 && !fstat(fd, &st) && st.st_size == 8192);
  CHECK(posix_fallocate(fd, 0, 0) == EINVAL && posix_fallocate(fd, -1, 5) == EINVAL && posix_fallocate(-1, 0, 5) == EBADF);
  CHECK(posix_fadvise(fd, 0, 0, POSIX_FADV_WILLNEED) == 0 && posix_fadvise(fd, 0, 0, 77) == EINVAL && posix_fadvise(-1, 0, 0, 0) == EBADF);
  close(fd);
  CHECK((fd = creat("d/plain", 0600)) >= 0 && !fstat(fd, &st) && st.st_size == 0 && (fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY);
  FAILS(EISDIR, creat("d", 0600));
  return failed;
}
