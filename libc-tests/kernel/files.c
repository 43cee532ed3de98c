/* Names, permissions, times, locks and ranges of files, beyond what the C library's headers have tests for. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COLLAPSE 8
#define ZERO 16
#define INSERT 32

static char page[4096];

static const char *strerrorname(int error)
{
  switch (error) {
  case ENOENT: return "ENOENT";
  case ELOOP: return "ELOOP";
  case EXDEV: return "EXDEV";
  default: return strerror(error);
  }
}

static void put(const char *name, const char *text)
{
  int fd = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0644);
  assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
  close(fd);
}

static const char *get(const char *name)
{
  static char text[100];
  int fd = open(name, O_RDONLY);
  if (fd < 0)
    return strerror(errno);
  ssize_t got = read(fd, text, sizeof text - 1);
  close(fd);
  text[got < 0 ? 0 : got] = 0;
  return text;
}

static int rename2(const char *from, const char *to, unsigned flags)
{
  return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
}

static void names(void)
{
  put("a", "A");
  put("b", "B");
  assert(rename2("a", "b", 1) == -1 && errno == EEXIST);
  assert(rename2("a", "none", 2) == -1 && errno == ENOENT);
  assert(rename2("a", "b", 3) == -1 && errno == EINVAL);
  assert(rename2("a", "b", 0x80) == -1 && errno == EINVAL);
  assert(rename2("a", "b", 2) == 0 && !strcmp(get("a"), "B") && !strcmp(get("b"), "A"));
  assert(rename2("a", "c", 1) == 0 && access("a", F_OK) == -1);
  assert(link("b", "d") == 0 && rename("b", "d") == 0 && access("b", F_OK) == 0);
  assert(mkdir("dir", 0755) == 0 && rename("b", "dir") == -1 && errno == EISDIR);
  assert(rename("dir", "b") == -1 && errno == ENOTDIR);
  /* A slash behind a name wants a directory, also where nothing would move. */
  assert(rename("b/", "b") == -1 && errno == ENOTDIR && rename("b", "d/") == -1 && errno == ENOTDIR);
  assert(rename("dir", "dir/sub") == -1 && errno == EINVAL);
  assert(mkdir("full", 0755) == 0 && mkdir("full/x", 0755) == 0 && rename("dir", "full") == -1 && errno == ENOTEMPTY);
  assert(rmdir("full/x") == 0 && rename("dir", "full") == 0 && access("dir", F_OK) == -1);
  /* A file without a name gets one. */
  struct stat st;
  char path[40];
  int fd = open(".", O_TMPFILE | O_RDWR, 0640);
  if (fd >= 0) {
    assert(write(fd, "unnamed", 7) == 7 && fstat(fd, &st) == 0 && st.st_nlink == 0 && (st.st_mode & 07777) == 0640);
    sprintf(path, "/proc/self/fd/%d", fd);
    assert(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW) == 0 && !strcmp(get("named"), "unnamed"));
    assert(fstat(fd, &st) == 0 && st.st_nlink == 1);
    close(fd);
    assert(open(".", O_TMPFILE | O_RDONLY, 0600) == -1 && errno == EINVAL);
    assert(open("named", O_TMPFILE | O_RDWR, 0600) == -1 && errno == ENOTDIR);
  } else {
    assert(errno == EOPNOTSUPP);
    put("named", "unnamed");
  }
  /* A place only. */
  fd = open("named", O_PATH);
  assert(fd >= 0 && (fcntl(fd, F_GETFL) & O_PATH));
  assert(read(fd, page, 1) == -1 && errno == EBADF && write(fd, page, 1) == -1 && errno == EBADF);
  assert(syscall(SYS_fchmod, fd, 0600) == -1 && errno == EBADF && ftruncate(fd, 0) == -1 && errno == EBADF);
  assert(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED && errno == EBADF);
  assert(lseek(fd, 0, SEEK_SET) == -1 && errno == EBADF && ioctl(fd, FIONBIO, &st) == -1 && errno == EBADF);
  assert(fcntl(fd, F_SETFL, O_NONBLOCK) == -1 && errno == EBADF && flock(fd, LOCK_SH) == -1 && errno == EBADF);
  assert(fstat(fd, &st) == 0 && st.st_size == 7 && dup(fd) > fd);
  sprintf(path, "/proc/self/fd/%d", fd);
  int again = open(path, O_RDONLY);
  assert(again >= 0 && read(again, page, 100) == 7);
  close(again);
  close(fd);
  assert(symlink("named", "link") == 0);
  fd = open("link", O_PATH | O_NOFOLLOW);
  assert(fd >= 0 && fstat(fd, &st) == 0 && S_ISLNK(st.st_mode) && readlinkat(fd, "", page, 100) == 5);
  close(fd);
  fd = open(".", O_PATH);
  int inside = openat(fd, "named", O_RDONLY);
  assert(inside >= 0 && fchdir(fd) == 0 && syscall(SYS_getdents64, fd, page, 100) == -1 && errno == EBADF);
  close(inside);
  close(fd);
  puts("names: ok");
}

struct how {
  uint64_t flags, mode, resolve;
};

static int openat2(int dir, const char *path, uint64_t flags, uint64_t resolve)
{
  struct how how = { flags, 0, resolve };
  int fd = syscall(SYS_openat2, dir, path, &how, sizeof how);
  int error = errno;
  if (fd >= 0)
    close(fd);
  errno = error;
  return fd >= 0 ? 0 : -1;
}

static void resolution(void)
{
  enum { NO_XDEV = 1, NO_MAGIC = 2, NO_LINKS = 4, BENEATH = 8, IN_ROOT = 16, CACHED = 32 };
  put("root-file", "r");
  assert(mkdir("tree", 0755) == 0 && mkdir("tree/sub", 0755) == 0);
  put("tree/sub/f", "f");
  put("tree/f", "top");
  assert(symlink("sub/f", "tree/in") == 0 && symlink("../root-file", "tree/out") == 0 && symlink("/f", "tree/abs") == 0);
  assert(symlink("in", "tree/again") == 0);
  int dir = open("tree", O_PATH | O_DIRECTORY);
  static const char *paths[] = { "sub/f", "in", "again", "out", "abs", "..", "sub/../f", "/f", "sub/../../tree/f", "none", "." };
  static const int rules[] = { 0, NO_LINKS, BENEATH, IN_ROOT, NO_XDEV, NO_MAGIC, BENEATH | NO_LINKS };
  for (unsigned i = 0; i < sizeof paths / sizeof *paths; i++) {
    printf("%-17s", paths[i]);
    for (unsigned j = 0; j < sizeof rules / sizeof *rules; j++)
      /* Without a rule "/f" and "abs" depend on the machine. */
      if (!((rules[j] & ~(NO_XDEV | NO_MAGIC)) == 0 && (!strcmp(paths[i], "/f") || !strcmp(paths[i], "abs"))))
        printf(" %s", openat2(dir, paths[i], O_RDONLY, rules[j]) == 0 ? "ok" : strerrorname(errno));
    puts("");
  }
  char magic[40];
  sprintf(magic, "/proc/self/fd/%d", dir);
  assert(openat2(dir, magic, O_RDONLY, NO_MAGIC) == -1 && errno == ELOOP);
  assert(openat2(dir, magic, O_RDONLY, 0) == 0 && openat2(dir, "/proc/self", O_RDONLY, NO_MAGIC) == 0);
  assert(openat2(dir, "/proc", O_RDONLY, NO_XDEV) == -1 && errno == EXDEV);
  assert(openat2(dir, "f", O_RDONLY, 0x100) == -1 && errno == EINVAL);
  assert(openat2(dir, "f", O_RDONLY, BENEATH | IN_ROOT) == -1 && errno == EINVAL);
  assert(openat2(dir, "f", 1ull << 40, 0) == -1 && errno == EINVAL);
  assert(openat2(dir, "f", O_CREAT | O_RDWR, CACHED) == -1 && errno == EAGAIN);
  struct {
    struct how how;
    uint64_t more;
  } larger = { { O_RDONLY, 0, 0 }, 0 };
  int fd = syscall(SYS_openat2, dir, "f", &larger, sizeof larger);
  assert(fd >= 0);
  close(fd);
  larger.more = 1;
  assert(syscall(SYS_openat2, dir, "f", &larger, sizeof larger) == -1 && errno == E2BIG);
  assert(syscall(SYS_openat2, dir, "f", &larger, 8) == -1 && errno == EINVAL);
  larger.how.mode = 0600;
  assert(syscall(SYS_openat2, dir, "f", &larger, sizeof larger.how) == -1 && errno == EINVAL);
  close(dir);
}

static void times(void)
{
  struct stat before, after;
  struct timespec t[2] = { { 100, 5 }, { 200, UTIME_OMIT } };
  put("t", "x");
  assert(utimensat(AT_FDCWD, "t", (struct timespec[]){ { 1, 2 }, { 3, 4 } }, 0) == 0 && stat("t", &before) == 0);
  assert(before.st_atim.tv_sec == 1 && before.st_atim.tv_nsec == 2 && before.st_mtim.tv_sec == 3 && before.st_mtim.tv_nsec == 4);
  assert(utimensat(AT_FDCWD, "t", t, 0) == 0 && stat("t", &after) == 0);
  assert(after.st_atim.tv_sec == 100 && after.st_mtim.tv_sec == 3 && after.st_mtim.tv_nsec == 4);
  t[0].tv_nsec = t[1].tv_nsec = UTIME_NOW;
  assert(utimensat(AT_FDCWD, "t", t, 0) == 0 && stat("t", &after) == 0 && after.st_atim.tv_sec > 1000000 && after.st_mtim.tv_sec > 1000000);
  t[1].tv_nsec = 1000000000;
  assert(utimensat(AT_FDCWD, "t", t, 0) == -1 && errno == EINVAL);
  t[0].tv_nsec = t[1].tv_nsec = UTIME_OMIT;
  assert(utimensat(AT_FDCWD, "t", t, 0) == 0);
  assert(symlink("t", "tl") == 0 && utimensat(AT_FDCWD, "tl", (struct timespec[]){ { 7, 0 }, { 8, 0 } }, AT_SYMLINK_NOFOLLOW) == 0);
  assert(lstat("tl", &after) == 0 && after.st_mtim.tv_sec == 8 && stat("t", &after) == 0 && after.st_mtim.tv_sec != 8);
  struct {
    uint32_t mask, block_size;
    uint64_t attributes;
    uint32_t links, uid, gid;
    uint16_t mode, padding;
    uint64_t inode, size, blocks, attributes_mask;
    char rest[256];
  } sx;
  memset(&sx, 0, sizeof sx);
  assert(syscall(SYS_statx, AT_FDCWD, "t", 0, 0x7ff, &sx) == 0);
  printf("statx: basic %d, size %llu, links %u, mode %o\n", (sx.mask & 0x7ff) == 0x7ff, (unsigned long long)sx.size, sx.links, sx.mode);
  assert(syscall(SYS_statx, AT_FDCWD, "t", 0, 0x80000000u, &sx) == -1 && errno == EINVAL);
  assert(syscall(SYS_statx, AT_FDCWD, "t", 0x6000, 0x7ff, &sx) == -1 && errno == EINVAL);
  assert(syscall(SYS_statx, AT_FDCWD, "", 0x1000, 0x7ff, &sx) == 0 && S_ISDIR(sx.mode));
  assert(syscall(SYS_statx, AT_FDCWD, "", 0, 0x7ff, &sx) == -1 && errno == ENOENT);
  /* STATX_ATTR_MOUNT_ROOT. */
  assert(syscall(SYS_statx, AT_FDCWD, "/proc", 0, 0x7ff, &sx) == 0 && (sx.attributes & sx.attributes_mask & 0x2000));
  assert(syscall(SYS_statx, AT_FDCWD, "t", 0, 0x7ff, &sx) == 0 && (sx.attributes_mask & ~sx.attributes & 0x2000));
  puts("times: ok");
}

/* What user 1000 of groups 1000, 50 and 60 may do. */
static void permissions(void)
{
  assert(mkdir("sticky", 0777) == 0 && chmod("sticky", 01777) == 0 && chmod(".", 0777) == 0);
  put("sticky/roots", "r");
  chmod("sticky/roots", 0666);
  put("group", "g");
  assert(chown("group", 0, 60) == 0 && chmod("group", 0640) == 0);
  put("others", "o");
  assert(chown("others", 0, 60) == 0 && chmod("others", 0604) == 0);
  put("mine", "m");
  assert(chown("mine", 1000, 7) == 0 && chmod("mine", 06755) == 0);
  assert(mkdir("sgid", 0777) == 0 && chown("sgid", 0, 60) == 0 && chmod("sgid", 02777) == 0);
  pid_t child = fork();
  if (child == 0) {
    gid_t groups[] = { 50, 60 };
    struct stat st;
    assert(setgroups(2, groups) == 0 && setgid(1000) == 0 && setuid(1000) == 0);
    printf("group: %s, others: %s\n", get("group"), get("others"));
    assert(open("group", O_WRONLY) == -1 && errno == EACCES);
    assert(access("group", R_OK) == 0 && access("group", W_OK) == -1 && errno == EACCES);
    assert(unlink("sticky/roots") == -1 && errno == EPERM && rename("sticky/roots", "sticky/x") == -1 && errno == EPERM);
    put("sticky/roots", "changed");
    put("sticky/own", "o");
    assert(rename("sticky/own", "sticky/own2") == 0 && unlink("sticky/own2") == 0);
    assert(chmod("group", 0777) == -1 && errno == EPERM && chown("mine", 1001, -1) == -1 && errno == EPERM);
    assert(chown("mine", -1, 70) == -1 && errno == EPERM && chown("mine", -1, 60) == 0);
    assert(stat("mine", &st) == 0 && st.st_gid == 60 && (st.st_mode & 07777) == 0755);
    assert(chmod("mine", 02755) == 0 && stat("mine", &st) == 0 && (st.st_mode & 07777) == 02755);
    assert(utimensat(AT_FDCWD, "sticky/roots", NULL, 0) == 0);
    struct timespec t[2] = { { 1, 0 }, { 1, 0 } };
    assert(utimensat(AT_FDCWD, "sticky/roots", t, 0) == -1 && errno == EPERM);
    assert(utimensat(AT_FDCWD, "others", NULL, 0) == -1 && errno == EACCES);
    assert(mkdir("sgid/d", 0755) == 0 && stat("sgid/d", &st) == 0 && st.st_gid == 60 && (st.st_mode & 02000));
    put("sgid/f", "x");
    assert(stat("sgid/f", &st) == 0 && st.st_gid == 60 && !(st.st_mode & 02000));
    assert(mknod("device", S_IFCHR | 0600, 0x103) == -1 && errno == EPERM && mknod("fifo", S_IFIFO | 0600, 0) == 0);
    assert(chroot(".") == -1 && errno == EPERM && open("sticky/roots", O_RDONLY | O_NOATIME) == -1 && errno == EPERM);
    _exit(0);
  }
  int status;
  assert(waitpid(child, &status, 0) == child && status == 0);
  /* Real and effective user differ. */
  child = fork();
  if (child == 0) {
    assert(setgroups(0, NULL) == 0 && setegid(1000) == 0 && setresuid(1000, 0, 0) == 0);
    assert(access("group", R_OK) == -1 && errno == EACCES);
    assert(syscall(SYS_faccessat2, AT_FDCWD, "group", R_OK, AT_EACCESS) == 0);
    assert(syscall(SYS_faccessat2, AT_FDCWD, "group", 8, 0) == -1 && errno == EINVAL);
    assert(syscall(SYS_faccessat2, AT_FDCWD, "group", R_OK, 0x8000) == -1 && errno == EINVAL);
    _exit(0);
  }
  assert(waitpid(child, &status, 0) == child && status == 0);
  puts("permissions: ok");
}

static int lock(int fd, int command, int type, off_t start, off_t length)
{
  struct flock l = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length };
  return fcntl(fd, command, &l);
}

static void nothing(int signal)
{
}

static void locks(void)
{
  int fd = open("locked", O_CREAT | O_RDWR, 0600), status, p[2];
  char c;
  assert(pipe(p) == 0 && lock(fd, F_SETLK, F_WRLCK, 0, 10) == 0);
  pid_t child = fork();
  if (child == 0) {
    struct flock l = { .l_type = F_WRLCK, .l_start = 5, .l_len = 100 };
    assert(fcntl(fd, F_GETLK, &l) == 0 && l.l_type == F_WRLCK && l.l_pid == getppid() && l.l_start == 0 && l.l_len == 10);
    assert(lock(fd, F_SETLK, F_RDLCK, 9, 1) == -1 && (errno == EAGAIN || errno == EACCES));
    assert(lock(fd, F_SETLK, F_WRLCK, 10, 10) == 0 && write(p[1], "x", 1) == 1);
    /* Each waits for the other: one is told. */
    assert(lock(fd, F_SETLKW, F_WRLCK, 0, 1) == 0);
    _exit(0);
  }
  assert(read(p[0], &c, 1) == 1);
  usleep(50000);
  assert(lock(fd, F_SETLKW, F_WRLCK, 10, 1) == -1 && errno == EDEADLK);
  struct sigaction action = { .sa_handler = nothing };
  struct itimerval soon = { { 0, 0 }, { 0, 30000 } };
  sigaction(SIGALRM, &action, NULL);
  int other = open("locked", O_RDWR);
  /* Closing any descriptor of the file lets go. */
  close(other);
  assert(waitpid(child, &status, 0) == child && status == 0);
  assert(lock(fd, F_SETLK, F_WRLCK, 0, 10) == 0);
  child = fork();
  if (child == 0) {
    setitimer(ITIMER_REAL, &soon, NULL);
    assert(lock(fd, F_SETLKW, F_WRLCK, 0, 1) == -1 && errno == EINTR);
    _exit(0);
  }
  assert(waitpid(child, &status, 0) == child && status == 0);
  /* dup2 over a descriptor lets go too; exec does not. */
  other = open("locked", O_RDWR);
  assert(dup2(p[0], other) == other);
  child = fork();
  if (child == 0)
    _exit(lock(fd, F_SETLK, F_WRLCK, 0, 1));
  assert(waitpid(child, &status, 0) == child && status == 0);
  close(other);
  /* Locks of an open file: with the file, not the process. */
  int a = open("locked", O_RDWR), b = open("locked", O_RDWR);
  assert(lock(a, F_OFD_SETLK, F_RDLCK, 0, 0) == 0 && lock(b, F_OFD_SETLK, F_RDLCK, 0, 0) == 0);
  assert(lock(a, F_OFD_SETLK, F_WRLCK, 0, 1) == -1 && errno == EAGAIN);
  assert(lock(b, F_OFD_SETLK, F_UNLCK, 0, 1) == 0 && lock(a, F_OFD_SETLK, F_WRLCK, 0, 1) == 0);
  struct flock l = { .l_type = F_WRLCK, .l_len = 1 };
  assert(fcntl(b, F_OFD_GETLK, &l) == 0 && l.l_type == F_WRLCK && l.l_pid == -1);
  l.l_pid = 1;
  assert(fcntl(b, F_OFD_SETLK, &l) == -1 && errno == EINVAL);
  int copy = dup(a);
  close(a);
  assert(lock(b, F_OFD_SETLK, F_WRLCK, 0, 1) == -1);
  close(copy);
  assert(lock(b, F_OFD_SETLK, F_WRLCK, 0, 1) == 0);
  /* flock. */
  a = open("locked", O_RDONLY);
  assert(flock(a, LOCK_EX) == 0 && flock(b, LOCK_SH | LOCK_NB) == -1 && errno == EWOULDBLOCK);
  assert(flock(a, LOCK_SH) == 0 && flock(b, LOCK_SH | LOCK_NB) == 0 && flock(a, LOCK_EX | LOCK_NB) == -1);
  assert(flock(b, LOCK_UN) == 0 && flock(a, LOCK_EX | LOCK_NB) == 0 && flock(a, 77) == -1 && errno == EINVAL);
  child = fork();
  if (child == 0)
    _exit(flock(a, LOCK_UN));
  assert(waitpid(child, &status, 0) == child && status == 0 && flock(b, LOCK_EX | LOCK_NB) == 0);
  assert(lock(a, F_SETLK, F_WRLCK, 0, 1) == -1 && errno == EBADF && lock(fd, F_SETLK, F_WRLCK, -1, 1) == -1 && errno == EINVAL);
  assert(lock(fd, F_SETLK, F_RDLCK, 100, -50) == 0);
  puts("locks: ok");
}

static void ranges(void)
{
  int m = memfd_create("ranges", 0), f = open("ranges", O_CREAT | O_RDWR, 0600);
  struct stat st;
  for (int i = 0; i < 8; i++) {
    memset(page, 'a' + i, sizeof page);
    assert(write(m, page, 4096) == 4096 && write(f, page, 4096) == 4096);
  }
  assert(fallocate(m, FALLOC_FL_PUNCH_HOLE, 0, 10) == -1 && errno == EOPNOTSUPP);
  assert(fallocate(m, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4000, 8288) == 0);
  assert(pread(m, page, 4096, 0) == 4096 && page[3999] == 'a' && page[4000] == 0);
  assert(pread(m, page, 4096, 12288) == 4096 && page[0] == 'd');
  assert(lseek(m, 0, SEEK_HOLE) == 4096 && lseek(m, 4096, SEEK_DATA) == 12288 && lseek(m, 5000, SEEK_HOLE) == 5000);
  assert(lseek(m, 12288, SEEK_HOLE) == 32768 && lseek(m, 32768, SEEK_DATA) == -1 && errno == ENXIO);
  assert(ftruncate(m, 50000) == 0 && lseek(m, 40000, SEEK_DATA) == -1 && errno == ENXIO && lseek(m, 40000, SEEK_HOLE) == 40000);
  assert(fallocate(m, 0, 60000, 1000) == 0 && fstat(m, &st) == 0 && st.st_size == 61000);
  assert(fallocate(m, FALLOC_FL_KEEP_SIZE, 100000, 1000) == 0 && fstat(m, &st) == 0 && st.st_size == 61000);
  assert(fallocate(m, 0, -1, 1) == -1 && errno == EINVAL && fallocate(m, 0, 0, 0) == -1 && errno == EINVAL);
  assert(fallocate(m, 0, INT64_MAX, 1) == -1 && errno == EFBIG);
  /* What not every file system has. */
  int zero = fallocate(f, ZERO, 100, 4096);
  assert(zero == 0 || errno == EOPNOTSUPP);
  if (zero == 0)
    assert(pread(f, page, 4096, 0) == 4096 && page[99] == 'a' && page[100] == 0 && pread(f, page, 200, 4096) == 200 && page[99] == 0 && page[100] == 'b');
  int collapse = fallocate(f, COLLAPSE, 8192, 8192);
  assert(collapse == 0 || errno == EOPNOTSUPP);
  if (collapse == 0) {
    assert(fstat(f, &st) == 0 && st.st_size == 24576 && pread(f, page, 1, 8192) == 1 && page[0] == 'e');
    assert(fallocate(f, COLLAPSE, 8192, 100) == -1 && errno == EINVAL && fallocate(f, COLLAPSE, 8192, 1 << 20) == -1 && errno == EINVAL);
    assert(fallocate(f, INSERT, 4096, 4096) == 0 && fstat(f, &st) == 0 && st.st_size == 28672);
    assert(pread(f, page, 2, 4095) == 2 && page[1] == 0 && pread(f, page, 1, 12288) == 1 && page[0] == 'e');
  }
  close(f);
  int s = open("source", O_CREAT | O_RDWR, 0600);
  for (int i = 0; i < 8; i++) {
    memset(page, 'a' + i, sizeof page);
    assert(write(s, page, 4096) == 4096);
  }
  f = open("ranges2", O_CREAT | O_RDWR, 0600);
  off_t from = 12288, to = 5;
  assert(copy_file_range(s, &from, f, &to, 5000, 0) == 5000 && from == 17288 && to == 5005);
  assert(pread(f, page, 10, 0) == 10 && page[4] == 0 && page[5] == 'd' && lseek(f, 0, SEEK_CUR) == 0);
  from = 1 << 20;
  assert(copy_file_range(s, &from, f, &to, 5000, 0) == 0);
  assert(copy_file_range(s, NULL, f, NULL, 1, 1) == -1 && errno == EINVAL);
  from = 0;
  to = 100;
  assert(copy_file_range(f, &from, f, &to, 200, 0) == -1 && errno == EINVAL);
  int append = open("ranges2", O_WRONLY | O_APPEND), p[2];
  assert(copy_file_range(s, NULL, append, NULL, 1, 0) == -1 && errno == EBADF);
  assert(pipe(p) == 0 && copy_file_range(s, NULL, p[1], NULL, 1, 0) == -1 && errno == EINVAL);
  assert(fallocate(p[1], 0, 0, 1) == -1 && errno == ESPIPE);
  assert(fcntl(p[0], F_GETFD) == 0 && ioctl(p[0], FIOCLEX) == 0 && fcntl(p[0], F_GETFD) == FD_CLOEXEC);
  assert(ioctl(p[0], FIONCLEX) == 0 && fcntl(p[0], F_GETFD) == 0);
  puts("ranges: ok");
}

static int list(int fd, char *seen, int stop)
{
  char buffer[4096];
  int count = 0;
  ssize_t got;
  while (count < stop && (got = syscall(SYS_getdents64, fd, buffer, sizeof buffer)) > 0)
    for (char *at = buffer; at < buffer + got; at += *(unsigned short *)(at + 16)) {
      int number = at[19] == 'n' ? atoi(at + 20) : -1;
      if (number >= 0) {
        assert(!seen[number]);
        seen[number] = 1;
        count++;
      }
    }
  return count;
}

/* Ten thousand names; a listing neither repeats nor misses those that stay while others come and go. */
static void many(void)
{
  static char seen[20000];
  char name[30], place[] = "/dev/shm/clew-many-XXXXXX";
  assert(mkdtemp(place) && chdir(place) == 0);
  for (int i = 0; i < 10000; i++) {
    sprintf(name, "n%d", i);
    int fd = open(name, O_CREAT | O_EXCL | O_WRONLY, 0600);
    assert(fd >= 0 && write(fd, name, strlen(name)) > 0 && close(fd) == 0);
  }
  int dir = open(".", O_RDONLY | O_DIRECTORY);
  assert(list(dir, seen, 20000) == 10000 && lseek(dir, 0, SEEK_SET) == 0);
  memset(seen, 0, sizeof seen);
  list(dir, seen, 3000);
  for (int i = 0; i < 10000; i += 2) {
    sprintf(name, "n%d", i);
    assert(unlink(name) == 0);
    sprintf(name, "n%d", 10000 + i);
    assert(mknod(name, S_IFREG | 0600, 0) == 0);
  }
  list(dir, seen, 20000);
  int missed = 0;
  for (int i = 1; i < 10000; i += 2)
    missed += !seen[i];
  printf("missed: %d\n", missed);
  struct stat st;
  assert(stat("n9999", &st) == 0 && st.st_size == 5 && stat("n9998", &st) == -1);
  for (int i = 0; i < 20000; i++) {
    sprintf(name, "n%d", i);
    unlink(name);
  }
  assert(chdir("/") == 0 && rmdir(place) == 0);
  assert(syscall(SYS_getdents64, dir, page, sizeof page) == -1 && errno == ENOENT);
  close(dir);
}

int main(void)
{
  setvbuf(stdout, NULL, _IOLBF, 0);
  umask(022);
  names();
  resolution();
  times();
  permissions();
  locks();
  ranges();
  many();
  return 0;
}
