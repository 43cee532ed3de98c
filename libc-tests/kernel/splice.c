/* splice, tee and vmsplice, sizes of pipes, packets. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static char data[200000], copy[200000];

static int file(const char *name, size_t size)
{
  int fd = open(name, O_CREAT | O_TRUNC | O_RDWR, 0600);
  assert(fd >= 0 && (size_t)write(fd, data, size) == size && lseek(fd, 0, SEEK_SET) == 0);
  return fd;
}

static int waiting(int fd)
{
  int count = -1;
  assert(ioctl(fd, FIONREAD, &count) == 0);
  return count;
}

static void files(void)
{
  int in = file("in", 150000), out = file("out", 0), p[2], count = 0;
  assert(pipe(p) == 0);
  for (;;) {
    ssize_t got = splice(in, NULL, p[1], NULL, 100000, 0);
    assert(got >= 0 && got <= 65536);
    if (got == 0)
      break;
    count++;
    assert(waiting(p[0]) == got);
    for (ssize_t rest = got; rest > 0;) {
      ssize_t put = splice(p[0], NULL, out, NULL, rest, SPLICE_F_MOVE | SPLICE_F_MORE);
      assert(put > 0);
      rest -= put;
    }
  }
  assert(count >= 3 && lseek(in, 0, SEEK_CUR) == 150000 && lseek(out, 0, SEEK_CUR) == 150000);
  assert(pread(out, copy, sizeof copy, 0) == 150000 && !memcmp(copy, data, 150000));
  /* Offsets that are given move, those of the files do not. */
  off_t from = 1000, to = 5;
  assert(splice(in, &from, p[1], NULL, 10, 0) == 10 && from == 1010);
  assert(splice(p[0], NULL, out, &to, 100, 0) == 10 && to == 15 && lseek(out, 0, SEEK_CUR) == 150000);
  assert(pread(out, copy, 10, 5) == 10 && !memcmp(copy, data + 1000, 10));
  /* A pipe does not write into the file's pages. */
  from = 100;
  assert(splice(in, &from, p[1], NULL, 50, 0) == 50 && write(p[1], "hello", 5) == 5);
  assert(read(p[0], copy, 100) == 55 && !memcmp(copy, data + 100, 50) && !memcmp(copy + 50, "hello", 5));
  assert(pread(in, copy, 100, 150) == 100 && !memcmp(copy, data + 150, 100));
  /* A hole, and the end. */
  assert(ftruncate(in, 160000) == 0);
  from = 159000;
  assert(splice(in, &from, p[1], NULL, 5000, 0) == 1000 && read(p[0], copy, 5000) == 1000 && copy[0] == 0 && copy[999] == 0);
  assert(splice(in, &from, p[1], NULL, 5000, 0) == 0);
  assert(splice(p[0], NULL, out, NULL, 10, SPLICE_F_NONBLOCK) == -1 && errno == EAGAIN);
  from = -1;
  assert(splice(in, &from, p[1], NULL, 1, 0) == -1 && errno == EINVAL);
  assert(splice(in, NULL, out, NULL, 1, 0) == -1 && errno == EINVAL);
  from = 0;
  assert(splice(p[0], &from, out, NULL, 1, 0) == -1 && errno == ESPIPE);
  assert(splice(p[1], NULL, out, NULL, 1, 0) == -1 && errno == EBADF);
  assert(splice(in, NULL, p[0], NULL, 1, 0) == -1 && errno == EBADF);
  assert(splice(p[0], NULL, p[1], NULL, 1, 0) == -1 && errno == EINVAL);
  assert(splice(in, NULL, p[1], NULL, 1, 0x100) == -1 && errno == EINVAL);
  assert(splice(-1, NULL, p[1], NULL, 1, 0) == -1 && errno == EBADF);
  int append = open("out", O_WRONLY | O_APPEND), dir = open(".", O_RDONLY);
  assert(write(p[1], "x", 1) == 1 && splice(p[0], NULL, append, NULL, 1, 0) == -1 && errno == EINVAL);
  assert(splice(dir, NULL, p[1], NULL, 1, 0) == -1 && errno == EINVAL);
  close(p[1]);
  assert(splice(p[0], NULL, out, NULL, 10, 0) == 1 && splice(p[0], NULL, out, NULL, 10, 0) == 0);
  close(p[0]);
  close(in);
  close(out);
  close(append);
  close(dir);
  puts("files: ok");
}

static void pipes(void)
{
  int a[2], b[2], status;
  assert(pipe(a) == 0 && pipe(b) == 0);
  assert(write(a[1], "hello world", 11) == 11);
  assert(tee(a[0], b[1], 5, 0) == 5 && waiting(a[0]) == 11 && waiting(b[0]) == 5);
  assert(splice(a[0], NULL, b[1], NULL, 6, 0) == 6 && waiting(a[0]) == 5);
  assert(write(a[1], "!!", 2) == 2 && write(b[1], "??", 2) == 2);
  assert(read(b[0], copy, 100) == 13 && !memcmp(copy, "hellohello ??", 13));
  assert(read(a[0], copy, 100) == 7 && !memcmp(copy, "world!!", 7));
  assert(tee(a[0], b[1], 5, SPLICE_F_NONBLOCK) == -1 && errno == EAGAIN);
  assert(tee(a[0], a[1], 5, 0) == -1 && errno == EINVAL);
  int f = file("f", 10);
  assert(tee(f, b[1], 5, 0) == -1 && errno == EINVAL);
  close(f);
  pid_t child = fork();
  if (child == 0) {
    usleep(30000);
    assert(write(a[1], "late", 4) == 4);
    _exit(0);
  }
  assert(splice(a[0], NULL, b[1], NULL, 100, 0) == 4 && read(b[0], copy, 100) == 4);
  assert(waitpid(child, &status, 0) == child && status == 0);
  /* Full: the one who moves waits for the reader. */
  assert(fcntl(b[1], F_SETPIPE_SZ, 4096) == 4096 && write(b[1], data, 4096) == 4096);
  assert(write(a[1], data, 3000) == 3000);
  assert(splice(a[0], NULL, b[1], NULL, 3000, SPLICE_F_NONBLOCK) == -1 && errno == EAGAIN);
  child = fork();
  if (child == 0) {
    usleep(30000);
    assert(read(b[0], copy, 4096) == 4096);
    _exit(0);
  }
  assert(splice(a[0], NULL, b[1], NULL, 3000, 0) == 3000 && waiting(b[0]) == 3000);
  assert(waitpid(child, &status, 0) == child && status == 0);
  /* Nobody reads. */
  signal(SIGPIPE, SIG_IGN);
  assert(write(a[1], "x", 1) == 1);
  close(b[0]);
  assert(splice(a[0], NULL, b[1], NULL, 1, 0) == -1 && errno == EPIPE && waiting(a[0]) == 1);
  assert(tee(a[0], b[1], 1, 0) == -1 && errno == EPIPE);
  child = fork();
  if (child == 0) {
    signal(SIGPIPE, SIG_DFL);
    splice(a[0], NULL, b[1], NULL, 1, 0);
    _exit(0);
  }
  assert(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE);
  close(a[0]);
  close(a[1]);
  close(b[1]);
  puts("pipes: ok");
}

static void memory(void)
{
  int p[2];
  assert(pipe(p) == 0);
  struct iovec v[2] = { { data, 10 }, { data + 100, 20 } };
  assert(vmsplice(p[1], v, 2, 0) == 30 && waiting(p[0]) == 30);
  v[0].iov_base = copy;
  v[0].iov_len = 12;
  v[1].iov_base = copy + 12;
  v[1].iov_len = 100;
  assert(vmsplice(p[0], v, 2, 0) == 30 && !memcmp(copy, data, 10) && !memcmp(copy + 10, data + 100, 20));
  assert(vmsplice(p[0], v, 2, SPLICE_F_NONBLOCK) == -1 && errno == EAGAIN);
  assert(vmsplice(p[1], v, 2, 0x100) == -1 && errno == EINVAL);
  int f = file("g", 1);
  assert(vmsplice(f, v, 2, 0) == -1 && errno == EBADF);
  close(f);
  v[0].iov_base = data;
  v[0].iov_len = sizeof data;
  assert(vmsplice(p[1], v, 1, SPLICE_F_NONBLOCK) > 4096);
  close(p[0]);
  close(p[1]);
  puts("memory: ok");
}

static void others(void)
{
  int p[2], s[2];
  assert(pipe(p) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0);
  assert(write(s[0], "socket", 6) == 6 && splice(s[1], NULL, p[1], NULL, 100, 0) == 6);
  assert(splice(p[0], NULL, s[1], NULL, 100, 0) == 6 && read(s[0], copy, 100) == 6 && !memcmp(copy, "socket", 6));
  int zero = open("/dev/zero", O_RDONLY), null = open("/dev/null", O_WRONLY);
  copy[0] = 1;
  assert(splice(zero, NULL, p[1], NULL, 100, 0) == 100 && tee(p[0], p[1], 1, 0) == -1);
  assert(read(p[0], copy, 50) == 50 && copy[0] == 0 && splice(p[0], NULL, null, NULL, 100, 0) == 50);
  int f = file("h", 100000);
  off_t at = 10;
  assert(sendfile(p[1], f, &at, 5000) == 5000 && at == 5010 && waiting(p[0]) == 5000);
  assert(read(p[0], copy, 5000) == 5000 && !memcmp(copy, data + 10, 5000));
  close(f);
  puts("others: ok");
}

static void sizes(void)
{
  int p[2];
  assert(pipe(p) == 0 && fcntl(p[0], F_GETPIPE_SZ) == 65536);
  assert(fcntl(p[0], F_SETPIPE_SZ, 5000) == 8192 && fcntl(p[1], F_GETPIPE_SZ) == 8192);
  assert(write(p[1], data, 8192) == 8192);
  assert(fcntl(p[1], F_SETPIPE_SZ, 4096) == -1 && errno == EBUSY);
  assert(fcntl(p[1], F_SETPIPE_SZ, 1 << 20) == 1 << 20);
  int f = file("i", 0);
  assert(fcntl(f, F_GETPIPE_SZ) == -1 && errno == EBADF);
  close(f);
  close(p[0]);
  close(p[1]);
  assert(pipe2(p, O_DIRECT | O_NONBLOCK) == 0 && (fcntl(p[1], F_GETFL) & O_DIRECT));
  assert(write(p[1], "one", 3) == 3 && write(p[1], "second", 6) == 6 && write(p[1], data, 6000) == 6000);
  assert(read(p[0], copy, 100) == 3 && read(p[0], copy, 3) == 3 && !memcmp(copy, "sec", 3));
  assert(read(p[0], copy, 10000) == 4096 && read(p[0], copy, 10000) == 1904);
  assert(read(p[0], copy, 1) == -1 && errno == EAGAIN);
  puts("sizes: ok");
}

/* The largest size of a file bounds what a pipe is emptied into, as any other write. */
static void limited(void)
{
  int out = file("limited", 10), p[2];
  loff_t place = 29;
  struct rlimit old, small;
  assert(getrlimit(RLIMIT_FSIZE, &old) == 0);
  small = old;
  small.rlim_cur = 30;
  signal(SIGXFSZ, SIG_IGN);
  assert(pipe(p) == 0 && write(p[1], "abcdef", 6) == 6 && setrlimit(RLIMIT_FSIZE, &small) == 0);
  assert(splice(p[0], NULL, out, &place, 6, 0) == 1 && place == 30);
  assert(splice(p[0], NULL, out, &place, 6, 0) == -1 && errno == EFBIG && waiting(p[0]) == 5);
  assert(lseek(out, 40, SEEK_SET) == 40 && splice(p[0], NULL, out, NULL, 6, 0) == -1 && errno == EFBIG);
  assert(setrlimit(RLIMIT_FSIZE, &old) == 0 && lseek(out, 0, SEEK_END) == 30);
  close(p[0]);
  close(p[1]);
  close(out);
  puts("limited: ok");
}

/* An empty pipe is the first that is said, then what is wrong with the other side. */
static void orders(void)
{
  int empty[2], ended[2], full[2], unread[2], directory = open(".", O_RDONLY);
  signal(SIGPIPE, SIG_IGN);
  assert(pipe(empty) == 0 && pipe(ended) == 0 && pipe2(full, O_NONBLOCK) == 0 && pipe(unread) == 0);
  while (write(full[1], data, 4096) > 0)
    ;
  close(ended[1]);
  close(unread[0]);
  assert(splice(empty[0], NULL, unread[1], NULL, 1, SPLICE_F_NONBLOCK) == -1 && errno == EAGAIN);
  assert(tee(empty[0], unread[1], 1, SPLICE_F_NONBLOCK) == -1 && errno == EAGAIN);
  assert(splice(ended[0], NULL, unread[1], NULL, 1, SPLICE_F_NONBLOCK) == -1 && errno == EPIPE);
  assert(splice(ended[0], NULL, full[1], NULL, 1, SPLICE_F_NONBLOCK) == -1 && errno == EAGAIN);
  assert(tee(ended[0], full[1], 1, SPLICE_F_NONBLOCK) == -1 && errno == EAGAIN);
  assert(splice(ended[0], NULL, empty[1], NULL, 1, SPLICE_F_NONBLOCK) == 0);
  assert(splice(directory, NULL, full[1], NULL, 1, SPLICE_F_NONBLOCK) == -1 && errno == EAGAIN);
  assert(splice(directory, NULL, unread[1], NULL, 1, SPLICE_F_NONBLOCK) == -1 && errno == EPIPE);
  assert(splice(directory, NULL, empty[1], NULL, 1, SPLICE_F_NONBLOCK) == -1 && errno == EINVAL);
  puts("orders: ok");
}

int main(void)
{
  for (unsigned i = 0; i < sizeof data; i++)
    data[i] = i * 7 + i / 251;
  files();
  pipes();
  memory();
  others();
  sizes();
  limited();
  orders();
  return 0;
}
