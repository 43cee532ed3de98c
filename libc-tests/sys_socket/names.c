/* Local sockets with names: paths, abstract and automatic ones; listening, connecting, errors, options, credentials. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define FAILS(call, error) do { \
    errno = 0; \
    if ((call) != -1 || errno != (error)) { \
      printf("line %d: %s: %s\n", __LINE__, #call, strerror(errno)); \
      exit(1); \
    } \
  } while (0)

static socklen_t path_address(struct sockaddr_un *a, const char *path)
{
  memset(a, 0, sizeof *a);
  a->sun_family = AF_UNIX;
  strcpy(a->sun_path, path);
  return offsetof(struct sockaddr_un, sun_path) + strlen(path) + 1;
}

static socklen_t abstract_address(struct sockaddr_un *a, const char *name)
{
  memset(a, 0, sizeof *a);
  a->sun_family = AF_UNIX;
  strcpy(a->sun_path + 1, name);
  return offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name);
}

static short events_of(int fd)
{
  struct pollfd wait = { .fd = fd, .events = POLLIN | POLLOUT | POLLRDHUP };
  poll(&wait, 1, 0);
  return wait.revents;
}

static int option_of(int fd, int option)
{
  int value = -1;
  socklen_t size = sizeof value;
  assert(getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 && size == sizeof value);
  return value;
}

static void streams(int type)
{
  struct sockaddr_un a, b;
  socklen_t size, len = path_address(&a, "sock");
  struct stat st;
  char buf[16];
  int l = socket(AF_UNIX, type, 0), c = socket(AF_UNIX, type | SOCK_CLOEXEC, 0), s;
  assert(l >= 0 && c >= 0 && (fcntl(c, F_GETFD) & FD_CLOEXEC));
  assert(events_of(c) == (POLLOUT | POLLHUP));
  assert(option_of(c, SO_TYPE) == type && option_of(c, SO_DOMAIN) == AF_UNIX && option_of(c, SO_ERROR) == 0);
  FAILS(listen(l, 5), EINVAL);
  FAILS(accept(l, NULL, NULL), EINVAL);
  FAILS(connect(c, (void *)&a, len), ENOENT);
  FAILS(recv(c, buf, 1, 0), type == SOCK_STREAM ? EINVAL : ENOTCONN);
  FAILS(send(c, "x", 1, MSG_NOSIGNAL), ENOTCONN);
  FAILS(getpeername(c, (void *)&b, &(socklen_t){ sizeof b }), ENOTCONN);
  size = sizeof b;
  assert(getsockname(c, (void *)&b, &size) == 0 && size == 2 && b.sun_family == AF_UNIX);
  FAILS(bind(l, (void *)&a, 1), EINVAL);
  a.sun_family = AF_INET;
  FAILS(bind(l, (void *)&a, len), EINVAL);
  a.sun_family = AF_UNIX;
  umask(022);
  assert(bind(l, (void *)&a, len) == 0);
  assert(stat("sock", &st) == 0 && S_ISSOCK(st.st_mode) && (st.st_mode & 0777) == 0755);
  FAILS(open("sock", O_RDWR), ENXIO);
  FAILS(bind(l, (void *)&a, len), EADDRINUSE);
  assert(path_address(&b, "other") && bind(l, (void *)&b, len + 1) == -1 && errno == EINVAL);
  FAILS(bind(c, (void *)&a, len), EADDRINUSE);
  FAILS(connect(c, (void *)&a, len), ECONNREFUSED);
  assert(option_of(l, SO_ACCEPTCONN) == 0 && listen(l, 1) == 0 && option_of(l, SO_ACCEPTCONN) == 1);
  assert(events_of(l) == 0);
  assert(connect(c, (void *)&a, len) == 0);
  FAILS(connect(c, (void *)&a, len), EISCONN);
  assert(events_of(l) == POLLIN && events_of(c) == POLLOUT);
  assert(send(c, "early", 5, 0) == 5);
  size = sizeof b;
  memset(&b, 0xff, sizeof b);
  s = accept4(l, (void *)&b, &size, SOCK_NONBLOCK);
  assert(s >= 0 && size == 2 && b.sun_family == AF_UNIX && (fcntl(s, F_GETFL) & O_NONBLOCK));
  assert(recv(s, buf, sizeof buf, 0) == 5 && memcmp(buf, "early", 5) == 0);
  FAILS(recv(s, buf, sizeof buf, 0), EAGAIN);
  size = sizeof b;
  assert(getsockname(s, (void *)&b, &size) == 0 && size == len && strcmp(b.sun_path, "sock") == 0);
  size = sizeof b;
  assert(getpeername(c, (void *)&b, &size) == 0 && size == len && strcmp(b.sun_path, "sock") == 0);
  size = 4;
  assert(getpeername(c, (void *)&b, &size) == 0 && size == len);

  /* The backlog: one more than asked for, then EAGAIN. */
  int d[3];
  for (int i = 0; i < 3; i++)
    d[i] = socket(AF_UNIX, type | SOCK_NONBLOCK, 0);
  assert(connect(d[0], (void *)&a, len) == 0 && connect(d[1], (void *)&a, len) == 0);
  FAILS(connect(d[2], (void *)&a, len), EAGAIN);
  close(accept(l, NULL, NULL));
  assert(connect(d[2], (void *)&a, len) == 0);
  assert(events_of(d[0]) & POLLHUP);
  close(l);
  assert(option_of(d[1], SO_ERROR) == ECONNRESET && option_of(d[1], SO_ERROR) == 0);
  l = socket(AF_UNIX, type, 0);
  FAILS(connect(l, (void *)&a, len), ECONNREFUSED);
  unlink("sock");
  for (int i = 0; i < 3; i++)
    close(d[i]);

  /* Shutting down, and closing. */
  assert(shutdown(c, SHUT_WR) == 0 && recv(s, buf, 1, 0) == 0);
  assert(events_of(s) == (POLLIN | POLLOUT | POLLRDHUP));
  FAILS(send(c, "x", 1, MSG_NOSIGNAL), EPIPE);
  assert(send(s, "back", 4, 0) == 4 && recv(c, buf, sizeof buf, 0) == 4);
  close(s);
  assert(events_of(c) == (POLLIN | POLLOUT | POLLRDHUP | POLLHUP) && recv(c, buf, 1, 0) == 0);
  close(c);
  close(l);
  printf("connections %d: ok\n", type == SOCK_STREAM);
}

static void datagrams(void)
{
  struct sockaddr_un a, b, from;
  socklen_t size, la = path_address(&a, "one"), lb = abstract_address(&b, "clew-test-two");
  char buf[16];
  int x = socket(AF_UNIX, SOCK_DGRAM, 0), y = socket(AF_UNIX, SOCK_DGRAM, 0), z = socket(AF_UNIX, SOCK_STREAM, 0);
  FAILS(send(x, "x", 1, 0), ENOTCONN);
  FAILS(listen(x, 1), EOPNOTSUPP);
  FAILS(accept(x, NULL, NULL), EOPNOTSUPP);
  assert(bind(x, (void *)&a, la) == 0 && bind(y, (void *)&b, lb) == 0);
  int same = socket(AF_UNIX, SOCK_DGRAM, 0);
  FAILS(bind(same, (void *)&b, lb), EADDRINUSE);
  FAILS(connect(z, (void *)&a, la), EPROTOTYPE);
  FAILS(connect(z, (void *)&b, lb), ECONNREFUSED);
  close(same);
  assert(sendto(x, "abc", 3, 0, (void *)&b, lb) == 3 && sendto(x, "", 0, 0, (void *)&b, lb) == 0);
  int waiting = -1;
  assert(ioctl(y, FIONREAD, &waiting) == 0 && waiting == 3);
  size = sizeof from;
  assert(recvfrom(y, buf, 2, MSG_TRUNC, (void *)&from, &size) == 3 && size == la && strcmp(from.sun_path, "one") == 0);
  assert(recv(y, buf, sizeof buf, 0) == 0);
  FAILS(recv(y, buf, sizeof buf, MSG_DONTWAIT), EAGAIN);
  assert(connect(x, (void *)&b, lb) == 0);
  /* A receiver that is connected elsewhere takes nothing from others. */
  assert(connect(y, (void *)&a, la) == 0 && send(y, "hi", 2, 0) == 2 && recv(x, buf, 9, 0) == 2);
  int w = socket(AF_UNIX, SOCK_DGRAM, 0);
  FAILS(sendto(w, "x", 1, 0, (void *)&b, lb), EPERM);
  /* Not connected back: eleven messages fit. */
  struct sockaddr none = { .sa_family = AF_UNSPEC };
  assert(connect(y, &none, sizeof none) == 0);
  assert(connect(w, (void *)&b, lb) == 0);
  int sent = 0;
  while (send(w, "m", 1, MSG_DONTWAIT) == 1)
    sent++;
  assert(errno == EAGAIN && sent == 11);
  assert(events_of(w) == 0);
  assert(recv(y, buf, 1, 0) == 1 && events_of(w) == POLLOUT);
  close(y);
  FAILS(send(x, "x", 1, 0), ECONNREFUSED);
  FAILS(sendto(x, "x", 1, 0, (void *)&b, lb), ECONNREFUSED);
  unlink("one");
  close(x);
  close(z);
  close(w);

  /* Automatic names. */
  x = socket(AF_UNIX, SOCK_DGRAM, 0);
  a.sun_family = AF_UNIX;
  assert(bind(x, (void *)&a, 2) == 0);
  size = sizeof from;
  assert(getsockname(x, (void *)&from, &size) == 0 && size == 8 && from.sun_path[0] == 0);
  for (int i = 1; i < 6; i++)
    assert(strchr("0123456789abcdef", from.sun_path[i]));
  close(x);
  puts("datagrams: ok");
}

static void credentials(void)
{
  int s[2], on = 1;
  struct ucred who;
  socklen_t size = sizeof who;
  char byte;
  union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(struct ucred))]; } control;
  struct iovec piece = { &byte, 1 };
  struct msghdr m = { .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
  assert(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0);
  assert(getsockopt(s[0], SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 && size == sizeof who);
  assert(who.pid == getpid() && who.uid == getuid() && who.gid == getgid());
  assert(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on) == 0 && option_of(s[1], SO_PASSCRED) == 1);
  pid_t child = fork();
  if (child == 0) {
    write(s[0], "c", 1);
    _exit(0);
  }
  assert(recvmsg(s[1], &m, 0) == 1 && !(m.msg_flags & MSG_CTRUNC));
  struct cmsghdr *item = CMSG_FIRSTHDR(&m);
  assert(item && item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_CREDENTIALS);
  assert(item->cmsg_len == CMSG_LEN(sizeof who));
  memcpy(&who, CMSG_DATA(item), sizeof who);
  assert(who.pid == child && who.uid == getuid());
  waitpid(child, NULL, 0);
  int lone = socket(AF_UNIX, SOCK_STREAM, 0);
  assert(getsockopt(lone, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 && who.pid == 0 && who.uid == (uid_t)-1);
  close(lone);
  close(s[0]);
  close(s[1]);
  puts("credentials: ok");
}

static void options(void)
{
  int s[2], value = 10000, *volatile bad = (int *)8;
  socklen_t size;
  struct timeval wait = { 0, 50000 }, back;
  struct linger linger;
  char buf[4];
  assert(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0);
  assert(setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &value, sizeof value) == 0 && option_of(s[0], SO_SNDBUF) == 20000);
  value = 1;
  assert(setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &value, sizeof value) == 0 && option_of(s[0], SO_SNDBUF) == 4608);
  assert(setsockopt(s[0], SOL_SOCKET, SO_REUSEADDR, &value, sizeof value) == 0 && option_of(s[0], SO_REUSEADDR) == 1);
  FAILS(setsockopt(s[0], SOL_SOCKET, SO_REUSEADDR, &value, 2), EINVAL);
  FAILS(setsockopt(s[0], SOL_SOCKET, 12345, &value, sizeof value), ENOPROTOOPT);
  FAILS(setsockopt(0x7fff, SOL_SOCKET, SO_REUSEADDR, &value, sizeof value), EBADF);
  size = sizeof linger;
  assert(getsockopt(s[0], SOL_SOCKET, SO_LINGER, &linger, &size) == 0 && linger.l_onoff == 0);
  assert(setsockopt(s[1], SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0);
  size = sizeof back;
  assert(getsockopt(s[1], SOL_SOCKET, SO_RCVTIMEO, &back, &size) == 0);
  assert(back.tv_sec == 0 && back.tv_usec >= 48000 && back.tv_usec <= 52000);
  FAILS(recv(s[1], buf, 1, 0), EAGAIN);
  FAILS(read(s[1], buf, 1), EAGAIN);
  FAILS(socket(AF_UNIX, 77, 0), EINVAL);
  FAILS(socket(AF_UNIX, SOCK_RDM, 0), ESOCKTNOSUPPORT);
  FAILS(socket(AF_UNIX, SOCK_STREAM, 5), EPROTONOSUPPORT);
  FAILS(socketpair(AF_UNIX, SOCK_STREAM, 0, bad), EFAULT);
  FAILS(listen(s[0], 1), EINVAL);
  FAILS(sendto(s[0], "x", 1, 0, (void *)&wait, 2), EISCONN);
  int p[2];
  assert(pipe(p) == 0);
  FAILS(send(p[1], "x", 1, 0), ENOTSOCK);
  signal(SIGPIPE, SIG_IGN);
  close(s[1]);
  FAILS(send(s[0], "x", 1, 0), EPIPE);
  close(s[0]);
  puts("options: ok");
}

static void many(void)
{
  int s[2];
  char in[4][8];
  struct iovec out_piece[3], in_piece[4];
  struct mmsghdr out[3] = { 0 }, got[4] = { 0 };
  assert(socketpair(AF_UNIX, SOCK_DGRAM, 0, s) == 0);
  for (int i = 0; i < 3; i++) {
    out_piece[i] = (struct iovec){ "abcdef", i + 1 };
    out[i].msg_hdr.msg_iov = &out_piece[i];
    out[i].msg_hdr.msg_iovlen = 1;
  }
  assert(sendmmsg(s[0], out, 3, 0) == 3 && out[2].msg_len == 3);
  for (int i = 0; i < 4; i++) {
    in_piece[i] = (struct iovec){ in[i], 2 };
    got[i].msg_hdr.msg_iov = &in_piece[i];
    got[i].msg_hdr.msg_iovlen = 1;
  }
  assert(recvmmsg(s[1], got, 4, MSG_WAITFORONE, NULL) == 3);
  assert(got[0].msg_len == 1 && got[2].msg_len == 2 && (got[2].msg_hdr.msg_flags & MSG_TRUNC));
  assert(!(got[1].msg_hdr.msg_flags & MSG_TRUNC));
  FAILS(recvmmsg(s[1], got, 4, MSG_DONTWAIT, NULL), EAGAIN);
  close(s[0]);
  close(s[1]);
  puts("many: ok");
}

static int send_fd(int through, int fd)
{
  union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } control = { 0 };
  struct iovec piece = { "f", 1 };
  struct msghdr m = { .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
  struct cmsghdr *item = CMSG_FIRSTHDR(&m);
  item->cmsg_level = SOL_SOCKET;
  item->cmsg_type = SCM_RIGHTS;
  item->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(item), &fd, sizeof fd);
  return sendmsg(through, &m, MSG_DONTWAIT);
}

static void rights(void)
{
  int s[2], p[2];
  char byte;
  /* A pipe's writing end travels in a socket that travels in itself: when all is closed the reader sees the end. */
  for (int round = 0; round < 200; round++) {
    assert(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0 && pipe(p) == 0);
    assert(send_fd(s[0], p[1]) == 1 && send_fd(s[0], s[1]) == 1 && send_fd(s[1], s[0]) == 1);
    close(p[1]);
    close(s[0]);
    close(s[1]);
    /* The end of a socket makes the kernel look for such circles. */
    close(socket(AF_UNIX, SOCK_DGRAM, 0));
    assert(read(p[0], &byte, 1) == 0);
    close(p[0]);
  }
  assert(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0);
  FAILS(send_fd(s[0], 12345), EBADF);
  puts("rights: ok");
}

static void edges(void)
{
  int s[2], e = epoll_create1(0);
  struct epoll_event want = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET }, got;
  assert(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0);
  assert(epoll_ctl(e, EPOLL_CTL_ADD, s[0], &want) == 0 && epoll_wait(e, &got, 1, 0) == 0);
  assert(write(s[1], "x", 1) == 1);
  assert(epoll_wait(e, &got, 1, 0) == 1 && got.events == EPOLLIN);
  assert(epoll_wait(e, &got, 1, 0) == 0);
  close(s[1]);
  assert(epoll_wait(e, &got, 1, 0) == 1 && got.events == (EPOLLIN | EPOLLRDHUP | EPOLLHUP));
  close(s[0]);
  close(e);
  puts("edges: ok");
}

int main(void)
{
  streams(SOCK_STREAM);
  streams(SOCK_SEQPACKET);
  datagrams();
  credentials();
  options();
  many();
  rights();
  edges();
  return 0;
}
