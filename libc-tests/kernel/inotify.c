/* inotify: every event of files and directories by name and by node, its order, and the flags of watches. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef IN_MASK_CREATE
#define IN_MASK_CREATE 0x10000000
#endif

static int fd;
static unsigned last_cookie;

static const char *text(unsigned mask)
{
  static const struct { unsigned bit; const char *name; } names[] = {
    { IN_ACCESS, "ACCESS" }, { IN_MODIFY, "MODIFY" }, { IN_ATTRIB, "ATTRIB" },
    { IN_CLOSE_WRITE, "CLOSE_WRITE" }, { IN_CLOSE_NOWRITE, "CLOSE_NOWRITE" }, { IN_OPEN, "OPEN" },
    { IN_MOVED_FROM, "MOVED_FROM" }, { IN_MOVED_TO, "MOVED_TO" }, { IN_CREATE, "CREATE" },
    { IN_DELETE, "DELETE" }, { IN_DELETE_SELF, "DELETE_SELF" }, { IN_MOVE_SELF, "MOVE_SELF" },
    { IN_UNMOUNT, "UNMOUNT" }, { IN_Q_OVERFLOW, "Q_OVERFLOW" }, { IN_IGNORED, "IGNORED" },
    { IN_ISDIR, "ISDIR" },
  };
  static char out[200];
  out[0] = 0;
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
    if (mask & names[i].bit)
      strcat(strcat(out, out[0] ? "|" : ""), names[i].name);
  return out;
}

/* Prints what waits; cookies only as "same as the one before" or "new". */
static void show(const char *what)
{
  char buffer[4096] __attribute__((aligned(8)));
  ssize_t got;
  printf("%s:\n", what);
  while ((got = read(fd, buffer, sizeof buffer)) > 0)
    for (char *at = buffer; at < buffer + got;) {
      struct inotify_event *event = (void *)at;
      printf("  %d %s", event->wd, text(event->mask));
      if (event->cookie) {
        printf(" cookie %s", event->cookie == last_cookie ? "same" : "new");
        last_cookie = event->cookie;
      }
      if (event->len)
        printf(" \"%s\" in %u", event->name, event->len);
      puts("");
      at += sizeof *event + event->len;
    }
  assert(got == -1 && errno == EAGAIN);
}

static void touch(const char *name, const char *bytes)
{
  int file = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0644);
  assert(file >= 0 && write(file, bytes, strlen(bytes)) == (ssize_t)strlen(bytes));
  close(file);
}

static void errors(void)
{
  int pipes[2];
  assert(syscall(SYS_inotify_init1, 1) == -1 && errno == EINVAL);
  assert(inotify_add_watch(fd, "none", IN_CREATE) == -1 && errno == ENOENT);
  assert(inotify_add_watch(fd, ".", 0) == -1 && errno == EINVAL);
  assert(inotify_add_watch(-1, ".", IN_CREATE) == -1 && errno == EBADF);
  assert(inotify_add_watch(fd, ".", IN_CREATE | IN_MASK_ADD | IN_MASK_CREATE) == -1 && errno == EINVAL);
  assert(inotify_add_watch(fd, (char *)-1, IN_CREATE) == -1 && errno == EFAULT);
  assert(inotify_rm_watch(fd, 1) == -1 && errno == EINVAL);
  assert(pipe(pipes) == 0);
  assert(inotify_add_watch(pipes[0], ".", IN_CREATE) == -1 && errno == EINVAL);
  assert(inotify_rm_watch(pipes[0], 1) == -1 && errno == EINVAL);
  assert(write(fd, "x", 1) == -1 && errno == EBADF);
  close(pipes[0]);
  close(pipes[1]);
  touch("plain", "");
  assert(inotify_add_watch(fd, "plain", IN_CREATE | IN_ONLYDIR) == -1 && errno == ENOTDIR);
  assert(symlink("plain", "link") == 0);
  show("nothing yet");
}

static void directory(void)
{
  char byte;
  struct stat st;
  assert(mkdir("d", 0755) == 0);
  int w = inotify_add_watch(fd, "d", IN_ALL_EVENTS);
  assert(w == 1);
  int file = open("d/file", O_CREAT | O_RDWR, 0644);
  show("create");
  assert(write(file, "abc", 3) == 3 && write(file, "abc", 3) == 3);
  show("two writes are one event");
  assert(pread(file, &byte, 1, 0) == 1);
  assert(read(file, &byte, 1) == 0);
  assert(ftruncate(file, 2) == 0 && fchmod(file, 0600) == 0 && fchown(file, -1, getgid()) == 0);
  show("read, truncate, chmod, chown");
  close(file);
  assert(stat("d/file", &st) == 0 && access("d/file", R_OK) == 0);
  file = open("d/file", O_RDONLY);
  close(file);
  show("close, look, open, close");
  assert(truncate("d/file", 0) == 0);
  file = open("d/file", O_WRONLY | O_TRUNC);
  close(file);
  show("truncate");
  struct timespec times[2] = { { 1, 0 }, { 2, 0 } };
  assert(utimensat(AT_FDCWD, "d/file", times, 0) == 0);
  show("both times");
  times[0].tv_nsec = UTIME_OMIT;
  assert(utimensat(AT_FDCWD, "d/file", times, 0) == 0);
  show("modification time");
  assert(link("d/file", "d/second") == 0 && symlink("file", "d/symbolic") == 0);
  assert(mkdir("d/sub", 0755) == 0 && mkfifo("d/fifo", 0644) == 0);
  show("link, symlink, mkdir, mkfifo");
  assert(rename("d/second", "d/other") == 0);
  show("rename");
  assert(rename("d/other", "outside") == 0 && rename("outside", "d/back") == 0);
  show("out and in");
  assert(rename("d/back", "d/fifo") == 0 && rename("d/sub", "d/sub2") == 0);
  show("rename over another, rename a directory");
  assert(unlink("d/fifo") == 0 && unlink("d/symbolic") == 0 && rmdir("d/sub2") == 0);
  show("unlink, rmdir");
  file = open("d", O_RDONLY | O_DIRECTORY);
  char entries[1024];
  assert(syscall(SYS_getdents64, file, entries, sizeof entries) > 0);
  close(file);
  show("the directory itself");
  assert(chmod("d", 0700) == 0 && rename("d", "e") == 0);
  show("chmod, move of the directory");
  assert(unlink("e/file") == 0 && rmdir("e") == 0);
  show("the end");
  assert(inotify_rm_watch(fd, w) == -1 && errno == EINVAL);
}

static void file(void)
{
  touch("f", "abc");
  int w = inotify_add_watch(fd, "f", IN_ALL_EVENTS), all = inotify_add_watch(fd, ".", IN_ALL_EVENTS);
  printf("numbers %d %d\n", w, all);
  int f = open("f", O_RDWR);
  assert(write(f, "x", 1) == 1);
  show("a file and its directory");
  assert(link("f", "g") == 0 && unlink("f") == 0);
  show("another name");
  assert(unlink("g") == 0);
  show("no name");
  assert(write(f, "y", 1) == 1);
  show("a write to a nameless file");
  close(f);
  show("its last close");
  touch("a", "");
  touch("b", "");
  int wa = inotify_add_watch(fd, "a", IN_ALL_EVENTS), wb = inotify_add_watch(fd, "b", IN_ALL_EVENTS);
  printf("numbers %d %d\n", wa, wb);
  show("files made");
  assert(rename("a", "b") == 0);
  show("one over the other");
  touch("a", "");
  show("made again");
  assert(syscall(SYS_renameat2, AT_FDCWD, "a", AT_FDCWD, "b", 2) == 0);
  show("exchanged");
  assert(inotify_rm_watch(fd, wa) == 0 && inotify_rm_watch(fd, all) == 0);
  show("removed watches");
  assert(unlink("a") == 0 && unlink("b") == 0);
  show("not watched any more");
}

static void flags(void)
{
  assert(mkdir("x", 0755) == 0);
  int w = inotify_add_watch(fd, "x", IN_CREATE);
  touch("x/1", "");
  assert(inotify_add_watch(fd, "x", IN_DELETE | IN_MASK_ADD) == w);
  assert(unlink("x/1") == 0);
  assert(inotify_add_watch(fd, "x", IN_DELETE) == w);
  touch("x/2", "");
  assert(inotify_add_watch(fd, "x", IN_DELETE | IN_MASK_CREATE) == -1 && errno == EEXIST);
  show("masks");
  assert(inotify_add_watch(fd, "x", IN_MODIFY | IN_OPEN | IN_EXCL_UNLINK) == w);
  int f = open("x/2", O_WRONLY);
  assert(write(f, "1", 1) == 1 && unlink("x/2") == 0 && write(f, "1", 1) == 1);
  close(f);
  show("excluded after unlink");
  assert(inotify_add_watch(fd, "x", IN_MODIFY | IN_OPEN | IN_CLOSE) == w);
  touch("x/3", "");
  f = open("x/3", O_WRONLY);
  assert(unlink("x/3") == 0 && write(f, "1", 1) == 1);
  close(f);
  show("included after unlink");
  assert(inotify_add_watch(fd, "x", IN_CREATE | IN_ONESHOT) == w);
  touch("x/4", "");
  touch("x/5", "");
  show("once");
  int again = inotify_add_watch(fd, "x", IN_CREATE);
  printf("a new number: %d\n", again > w);
  int l = inotify_add_watch(fd, "link", IN_ALL_EVENTS | IN_DONT_FOLLOW);
  int t = inotify_add_watch(fd, "link", IN_ALL_EVENTS);
  printf("link and target differ: %d\n", l != t);
  touch("link", "abc");
  assert(unlink("link") == 0);
  show("link and target");
  int hidden = open("x/6", O_PATH | O_CREAT, 0600);
  assert(hidden == -1 && errno == ENOENT);
  assert(inotify_rm_watch(fd, again) == 0 && inotify_rm_watch(fd, t) == 0);
  show("end of flags");
}

static void waiting(void)
{
  char small[40];
  int n = -1;
  touch("w", "");
  int w = inotify_add_watch(fd, ".", IN_CREATE), e = epoll_create1(0);
  struct epoll_event event = { .events = EPOLLIN }, got;
  struct pollfd p = { .fd = fd, .events = POLLIN | POLLOUT };
  assert(epoll_ctl(e, EPOLL_CTL_ADD, fd, &event) == 0 && epoll_wait(e, &got, 1, 0) == 0);
  assert(poll(&p, 1, 0) == 0 && ioctl(fd, FIONREAD, &n) == 0 && n == 0);
  touch("long-name-of-18-ch", "");
  touch("s", "");
  assert(poll(&p, 1, 0) == 1 && p.revents == POLLIN && epoll_wait(e, &got, 1, 0) == 1);
  assert(ioctl(fd, FIONREAD, &n) == 0 && n == 16 + 32 + 16 + 16);
  assert(read(fd, small, 16 + 31) == -1 && errno == EINVAL);
  show("waited for");
  assert(fcntl(fd, F_SETFL, 0) == 0);
  pid_t child = fork();
  if (child == 0) {
    usleep(30000);
    touch("child", "");
    _exit(0);
  }
  assert(read(fd, small, sizeof small) == 32 && !strcmp(((struct inotify_event *)small)->name, "child"));
  waitpid(child, NULL, 0);
  assert(fcntl(fd, F_SETFL, O_NONBLOCK) == 0 && inotify_rm_watch(fd, w) == 0);
  close(e);
  show("ignored");
}

static void overflow(void)
{
  int limit = 0, w = inotify_add_watch(fd, ".", IN_ATTRIB), count = 0, last = 0;
  FILE *f = fopen("/proc/sys/fs/inotify/max_queued_events", "r");
  assert(f && fscanf(f, "%d", &limit) == 1 && limit >= 16);
  fclose(f);
  if (limit > 20000)
    limit = 20000;
  touch("p", "");
  touch("q", "");
  for (int i = 0; i <= limit / 2 + 5; i++)
    assert(chmod("p", 0600) == 0 && chmod("q", 0600) == 0);
  struct inotify_event events[256];
  ssize_t got;
  while ((got = read(fd, events, sizeof events)) > 0)
    for (char *at = (char *)events; at < (char *)events + got;) {
      struct inotify_event *event = (void *)at;
      count++;
      last = event->mask;
      at += sizeof *event + event->len;
    }
  printf("overflow: %d %d\n", count == limit + 1, last == IN_Q_OVERFLOW);
  assert(inotify_rm_watch(fd, w) == 0);
}

int main(void)
{
  fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  assert(fd >= 0 && (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY);
  errors();
  directory();
  file();
  flags();
  waiting();
  overflow();
  return 0;
}
