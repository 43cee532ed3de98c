/* What calls on descriptors answer to wrong arguments, and which of several errors comes first: a table of calls, each
   with all kinds of descriptor. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FILE_RW, FILE_R, FILE_W, FILE_APPEND, DIRECTORY, PLACE, PIPE_R, PIPE_W, STREAM, EVENT, TIMER, SIGNAL, EPOLL, INOTIFY, MEMORY, NOTHING, ZERO, CLOSED, KINDS };
static const char *kind_names[] = {"rw", "r", "w", "append", "dir", "place", "pipe-r", "pipe-w", "stream", "event", "timer",
                                   "signal", "epoll", "inotify", "memfd", "null", "zero", "closed"};
static int fds[KINDS];
static char data[8192], *edge;
static struct iovec two[2];
static off_t five = 5, below = -1, last = INT64_MAX, far = 9000;

/* Everything as at the start: each call is made in a world of its own. */
static void begin(void)
{
  int p[2];
  for (int fd = 3; fd < 60; fd++)
    close(fd);
  memset(data, 'x', sizeof data);
  int f = open("f", O_CREAT | O_TRUNC | O_RDWR, 0644);
  if (write(f, data, 5000) != 5000)
    exit(2);
  fds[FILE_RW] = f;
  fds[FILE_R] = open("f", O_RDONLY);
  fds[FILE_W] = open("f", O_WRONLY);
  fds[FILE_APPEND] = open("f", O_RDWR | O_APPEND);
  lseek(f, 0, SEEK_SET);
  fds[DIRECTORY] = open(".", O_RDONLY);
  fds[PLACE] = open("f", O_PATH);
  if (pipe2(p, O_NONBLOCK) || write(p[1], "pipedata", 8) != 8)
    exit(2);
  fds[PIPE_R] = p[0];
  fds[PIPE_W] = p[1];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, p) || write(p[1], "sockdata", 8) != 8)
    exit(2);
  fds[STREAM] = p[0];
  fds[EVENT] = eventfd(0, EFD_NONBLOCK);
  fds[TIMER] = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  fds[SIGNAL] = signalfd(-1, &set, SFD_NONBLOCK);
  fds[EPOLL] = epoll_create1(0);
  fds[INOTIFY] = inotify_init1(IN_NONBLOCK);
  fds[MEMORY] = syscall(SYS_memfd_create, "m", 0);
  fds[NOTHING] = open("/dev/null", O_RDWR);
  fds[ZERO] = open("/dev/zero", O_RDWR);
  fds[CLOSED] = 59;
}

static const char *name(long result)
{
  static char number[24];
  if (result != -1) {
    sprintf(number, "%ld", result);
    return number;
  }
  switch (errno) {
#define E(x) case x: return #x
    E(EBADF); E(EINVAL); E(ESPIPE); E(EFAULT); E(EAGAIN); E(EISDIR); E(EPERM); E(ENOTDIR); E(EOPNOTSUPP); E(EOVERFLOW);
    E(EFBIG); E(ENODEV); E(EXDEV); E(ENOENT); E(EEXIST); E(ENOTTY); E(EPIPE); E(ENOTSOCK); E(EDESTADDRREQ); E(ENOSYS);
  }
  sprintf(number, "error %d", errno);
  return number;
}

static void say(const char *call, const char *arguments, const char *kind, long result)
{
  printf("%s(%s%s%s) = %s\n", call, kind ? kind : "", kind && *arguments ? ", " : "", arguments, name(result));
}

/* The call with each kind of descriptor in place of FD. */
#define EACH(CALL, ARGUMENTS, EXPRESSION)                     \
  for (int kind = 0; kind < KINDS; kind++) {                  \
    begin();                                                  \
    int FD = fds[kind];                                       \
    say(CALL, ARGUMENTS, kind_names[kind], (long)(EXPRESSION)); \
  }
/* Once. */
#define ONE(CALL, ARGUMENTS, EXPRESSION)           \
  do {                                             \
    begin();                                       \
    say(CALL, ARGUMENTS, NULL, (long)(EXPRESSION)); \
  } while (0)
#define BAD ((void *)1)

static void transfers(void)
{
  /* A counter takes more than its eight bytes with some kernels only. */
  EACH("read", "100", read(FD, data, 100));
  EACH("write", "8", write(FD, memset(data, 0, 8), 8));
  EACH("pread", "100, 0", pread(FD, data, 100, 0));
  EACH("pwrite", "8, 0", kind == FILE_R ? -1 : pwrite(FD, memset(data, 0, 8), 8, 0));
  ONE("read", "rw, length -1", syscall(SYS_read, fds[FILE_RW], data, -1L));
  ONE("read", "w, length -1", syscall(SYS_read, fds[FILE_W], data, -1L));
  ONE("write", "rw, length -1", syscall(SYS_write, fds[FILE_RW], data, -1L));
  ONE("read", "rw, bad", syscall(SYS_read, fds[FILE_RW], BAD, 10));
  ONE("read", "rw, half bad", syscall(SYS_read, fds[FILE_RW], edge, 100) >= 0);
  ONE("read", "rw, bad, 0", syscall(SYS_read, fds[FILE_RW], BAD, 0));
  ONE("pread", "rw, -1", pread(fds[FILE_RW], data, 10, -1));
  ONE("pread", "closed, -1", pread(fds[CLOSED], data, 10, -1));
  ONE("pread", "rw, last", pread(fds[FILE_RW], data, 10, INT64_MAX));
  ONE("pwrite", "rw, last", pwrite(fds[FILE_RW], data, 10, INT64_MAX));
  ONE("pread", "rw, 10000", pread(fds[FILE_RW], data, 10, 10000));
  ONE("pwrite", "append, 0", pwrite(fds[FILE_APPEND], data, 10, 0) + lseek(fds[FILE_RW], 0, SEEK_END));
}

static void vectors(void)
{
  struct iovec negative[2] = {{data, 10}, {data, -1}}, half[2] = {{data, 10}, {BAD, 10}}, none[2] = {{BAD, 0}, {data, 10}};
  ONE("readv", "negative", syscall(SYS_readv, fds[FILE_RW], negative, 2));
  ONE("readv", "half bad", syscall(SYS_readv, fds[FILE_RW], half, 2));
  ONE("readv", "empty first", syscall(SYS_readv, fds[FILE_RW], none, 2));
  ONE("readv", "0", syscall(SYS_readv, fds[FILE_RW], two, 0));
  ONE("readv", "-1", syscall(SYS_readv, fds[FILE_RW], two, -1));
  ONE("readv", "1025", syscall(SYS_readv, fds[FILE_RW], two, 1025));
  ONE("readv", "closed, bad", syscall(SYS_readv, fds[CLOSED], BAD, 2));
  ONE("readv", "bad", syscall(SYS_readv, fds[FILE_RW], BAD, 2));
  ONE("writev", "half bad", syscall(SYS_writev, fds[FILE_RW], half, 2));
  EACH("readv", "2", readv(FD, two, 2));
}

static long end_of(int fd)
{
  struct stat status;
  return fstat(fd, &status) ? -1 : status.st_size;
}

static void once(void)
{
  /* RWF_NOWAIT 8, RWF_APPEND 16; the first is a matter of the file system, so only pipes and sockets show it. */
  int fd;
  ONE("pwritev2", "rw, 0, append", syscall(SYS_pwritev2, fds[FILE_RW], two, 2, 0, 0, 16));
  printf("  end %ld, position %ld\n", end_of(fds[FILE_RW]), (long)lseek(fds[FILE_RW], 0, SEEK_CUR));
  ONE("pwritev2", "rw, -1, append", syscall(SYS_pwritev2, fds[FILE_RW], two, 2, -1L, 0, 16));
  printf("  end %ld, position %ld\n", end_of(fds[FILE_RW]), (long)lseek(fds[FILE_RW], 0, SEEK_CUR));
  ONE("pwritev2", "r, append", syscall(SYS_pwritev2, fds[FILE_R], two, 2, 0, 0, 16));
  ONE("pwritev2", "pipe, 0", syscall(SYS_pwritev2, fds[PIPE_W], two, 2, 0, 0, 0));
  ONE("pwritev2", "pipe, -1", syscall(SYS_pwritev2, fds[PIPE_W], two, 2, -1L, 0, 0));
  ONE("pwritev2", "-2", syscall(SYS_pwritev2, fds[FILE_RW], two, 2, -2L, 0, 0));
  ONE("pwritev2", "closed, unknown", syscall(SYS_pwritev2, fds[CLOSED], two, 2, 0, 0, 1 << 30));
  ONE("pwritev2", "bad, unknown", syscall(SYS_pwritev2, fds[FILE_RW], BAD, 2, 0, 0, 1 << 30));
  ONE("pwritev2", "unknown", syscall(SYS_pwritev2, fds[FILE_RW], two, 2, 0, 0, 1 << 30));
  ONE("preadv2", "unknown", syscall(SYS_preadv2, fds[FILE_RW], two, 2, 0, 0, 1 << 30));
  ONE("preadv2", "hipri, dsync, sync", syscall(SYS_preadv2, fds[FILE_RW], two, 2, 0, 0, 7));
  ONE("preadv2", "event, nowait, 0", syscall(SYS_preadv2, fds[EVENT], two, 2, 0, 0, 8));
  /* A pipe that would wait. */
  begin();
  fd = fds[PIPE_R];
  fcntl(fd, F_SETFL, 0);
  say("preadv2", "pipe, nowait", NULL, syscall(SYS_preadv2, fd, two, 2, -1L, 0, 8));
  say("preadv2", "empty pipe, nowait", NULL, syscall(SYS_preadv2, fd, two, 2, -1L, 0, 8));
  fcntl(fds[PIPE_W], F_SETFL, 0);
  while (syscall(SYS_pwritev2, fds[PIPE_W], two, 2, -1L, 0, 8) > 0)
    ;
  say("pwritev2", "full pipe, nowait", NULL, -1);
}

static void places(void)
{
  EACH("lseek", "0, current", lseek(FD, 0, SEEK_CUR));
  EACH("lseek", "0, 9", lseek(FD, 0, 9));
  ONE("lseek", "-1", lseek(fds[FILE_RW], -1, SEEK_SET));
  ONE("lseek", "last, end", lseek(fds[FILE_RW], INT64_MAX, SEEK_END));
  ONE("lseek", "data behind the end", lseek(fds[FILE_RW], 6000, SEEK_DATA) + 0 * (errno = errno == ENXIO ? EINVAL : errno));
  EACH("ftruncate", "10", ftruncate(FD, 10));
  ONE("ftruncate", "closed, -1", ftruncate(fds[CLOSED], -1));
  EACH("fallocate", "0, 0, 10", fallocate(FD, 0, 0, 10));
  ONE("fallocate", "length 0", fallocate(fds[FILE_RW], 0, 0, 0));
  ONE("fallocate", "punch without keep", fallocate(fds[FILE_RW], 2, 0, 10));
  ONE("fallocate", "unknown", fallocate(fds[FILE_RW], 0x4000, 0, 10));
  ONE("fallocate", "too far", fallocate(fds[FILE_RW], 0, INT64_MAX, 10));
  EACH("fadvise", "0", syscall(SYS_fadvise64, FD, 0, 0, 0));
  ONE("fadvise", "unknown", syscall(SYS_fadvise64, fds[FILE_RW], 0, 0, 9));
  ONE("readahead", "length -1", syscall(SYS_readahead, fds[FILE_RW], 0, -1L));
  EACH("sync_file_range", "7", syscall(SYS_sync_file_range, FD, 0, 100, 7));
  ONE("sync_file_range", "8", syscall(SYS_sync_file_range, fds[FILE_RW], 0, 100, 8));
  ONE("sync_file_range", "-1", syscall(SYS_sync_file_range, fds[FILE_RW], -1L, 100, 7));
  EACH("fsync", "", fsync(FD));
  EACH("syncfs", "", syncfs(FD));
  EACH("flags", "", FD == 59 ? -1 : fcntl(FD, F_GETFL));
}

static void copies(void)
{
  /* Devices can be sent since Linux 6.5. */
  EACH("sendfile to pipe", "0, 100", kind == NOTHING || kind == ZERO ? 0 : syscall(SYS_sendfile, fds[PIPE_W], FD, NULL, 100));
  EACH("sendfile to pipe", "5, 100", kind == NOTHING || kind == ZERO ? 0 : syscall(SYS_sendfile, fds[PIPE_W], FD, &five, 100)); five = 5;
  ONE("sendfile", "closed, bad", syscall(SYS_sendfile, fds[CLOSED], fds[FILE_RW], BAD, 100));
  ONE("sendfile", "length -1", syscall(SYS_sendfile, fds[PIPE_W], fds[FILE_RW], NULL, -1L));
  ONE("sendfile", "offset -1", syscall(SYS_sendfile, fds[PIPE_W], fds[FILE_RW], &below, 1));
  ONE("sendfile", "append", syscall(SYS_sendfile, fds[FILE_APPEND], fds[FILE_RW], NULL, 1));
#define COPY(A, AT, B, BT, LENGTH, FLAGS) syscall(SYS_copy_file_range, A, AT, B, BT, LENGTH, FLAGS)
  EACH("copy_file_range from", "", kind == MEMORY ? 0 : COPY(FD, NULL, fds[FILE_W], &far, 10L, 0)); far = 9000;
  EACH("copy_file_range to", "", kind == MEMORY ? 0 : COPY(fds[FILE_R], NULL, FD, &far, 10L, 0)); far = 9000;
  ONE("copy_file_range", "overlap", COPY(fds[FILE_R], NULL, fds[FILE_W], &five, 100L, 0));
  ONE("copy_file_range", "behind the end", COPY(fds[FILE_R], &far, fds[FILE_W], &far, 100L, 0));
  ONE("copy_file_range", "length -1", COPY(fds[FILE_R], &five, fds[FILE_W], &far, -1L, 0));
  ONE("copy_file_range", "offset -1", COPY(fds[FILE_R], &below, fds[FILE_W], &far, 10L, 0));
  ONE("copy_file_range", "to the last", COPY(fds[FILE_R], &five, fds[FILE_W], &last, 10L, 0));
  ONE("copy_file_range", "flags", COPY(fds[FILE_R], &five, fds[FILE_W], &far, 10L, 8));
  ONE("copy_file_range", "closed, flags", COPY(fds[CLOSED], NULL, fds[FILE_W], &far, 10L, 8));
  ONE("copy_file_range", "another file system", COPY(fds[FILE_R], NULL, fds[MEMORY], NULL, 10L, 0));
#define SPLICE(A, AT, B, BT, LENGTH, FLAGS) syscall(SYS_splice, A, AT, B, BT, LENGTH, FLAGS)
  ONE("splice", "place, length 0", SPLICE(fds[PLACE], NULL, fds[PIPE_W], NULL, 0L, 0));
  ONE("splice", "length -1", SPLICE(fds[FILE_R], NULL, fds[PIPE_W], NULL, -1L, 0));
  ONE("splice", "stream with a bad offset", SPLICE(fds[STREAM], BAD, fds[PIPE_W], NULL, 1L, 0));
  ONE("splice", "stream with an offset", SPLICE(fds[STREAM], &five, fds[PIPE_W], NULL, 1L, 0));
  ONE("splice", "pipe with an offset", SPLICE(fds[PIPE_R], &five, fds[FILE_W], NULL, 1L, 0));
  ONE("splice", "from the last", SPLICE(fds[FILE_R], &last, fds[PIPE_W], NULL, 1L, 0));
  ONE("splice", "unknown", SPLICE(fds[FILE_R], NULL, fds[PIPE_W], NULL, 1L, 16));
  ONE("vmsplice", "unknown", syscall(SYS_vmsplice, fds[PIPE_W], two, 2, 16));
  EACH("vmsplice", "", syscall(SYS_vmsplice, FD, two, 2, SPLICE_F_NONBLOCK));
}

static void events(void)
{
  struct epoll_event event = {.events = EPOLLIN}, out[2];
  struct itimerspec setting = {{0, 0}, {0, 0}};
  EACH("epoll_ctl", "add", epoll_ctl(fds[EPOLL], EPOLL_CTL_ADD, FD, &event));
  EACH("epoll_ctl", "delete", epoll_ctl(fds[EPOLL], EPOLL_CTL_DEL, FD, NULL));
  EACH("epoll_ctl on", "add", epoll_ctl(FD, EPOLL_CTL_ADD, fds[PIPE_R], &event));
  EACH("epoll_wait", "", epoll_wait(FD, out, 2, 0));
  ONE("epoll_wait", "0 events", epoll_wait(fds[EPOLL], out, 0, 0));
  ONE("epoll_wait", "-1 events", epoll_wait(fds[EPOLL], out, -1, 0));
  ONE("epoll_wait", "too many", epoll_wait(fds[EPOLL], out, INT32_MAX / 12 + 1, 0));
  ONE("epoll_ctl", "unknown", epoll_ctl(fds[EPOLL], 7, fds[PIPE_R], &event));
  ONE("epoll_ctl", "add, bad", syscall(SYS_epoll_ctl, fds[EPOLL], EPOLL_CTL_ADD, fds[PIPE_R], BAD));
  EACH("timerfd_gettime", "", timerfd_gettime(FD, &setting));
  EACH("timerfd_settime", "", timerfd_settime(FD, 0, &setting, NULL));
  ONE("timerfd_settime", "unknown", timerfd_settime(fds[TIMER], 16, &setting, NULL));
  EACH("inotify_add_watch", "", inotify_add_watch(FD, ".", IN_CREATE));
  EACH("inotify_rm_watch", "", inotify_rm_watch(FD, 1));
  ONE("inotify_add_watch", "0", inotify_add_watch(fds[INOTIFY], ".", 0));
  sigset_t set;
  sigemptyset(&set);
  for (int kind = 0; kind < KINDS; kind++) {
    begin();
    long fd = syscall(SYS_signalfd4, fds[kind], &set, 8, 0);
    say("signalfd4", "", kind_names[kind], fd < 0 ? -1 : fd == fds[kind]);
  }
  ONE("select", "0 descriptors, bad", syscall(SYS_select, 0, BAD, BAD, BAD, &(struct timeval){0, 0}));
  ONE("poll", "2 to the 32nd, bad", syscall(SYS_poll, BAD, 1UL << 32, 0));
  ONE("poll", "bad", syscall(SYS_poll, BAD, 1, 0));
}

static void owners(void)
{
  /* What has no type could be changed until Linux 6.15. */
#define TYPED (kind < EVENT || kind > INOTIFY)
  EACH("fchmod", "0600", !TYPED || kind >= NOTHING ? 0 : syscall(SYS_fchmod, FD, 0600));
  EACH("fchown", "own", !TYPED || kind >= NOTHING ? 0 : syscall(SYS_fchown, FD, getuid(), getgid()));
  struct stat status;
  begin();
  int done = fchmod(fds[PIPE_R], 0640) == 0 && fstat(fds[PIPE_W], &status) == 0;
  printf("mode of a pipe: %d %o\n", done, status.st_mode);
}

int main(void)
{
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(pages + 4096, 4096);
  edge = pages + 4096 - 8;
  two[0] = (struct iovec){data, 50};
  two[1] = (struct iovec){data + 50, 60};
  transfers();
  vectors();
  once();
  places();
  copies();
  events();
  owners();
  return 0;
}
