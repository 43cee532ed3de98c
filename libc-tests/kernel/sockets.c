/* Sockets of the family AF_UNIX: options, lengths of addresses, flags of messages, rights, and what is left of a message. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *kinds[] = {"", "stream", "datagram", 0, 0, "packet"};
static char buffer[4096];

static const char *name(long result)
{
  static char texts[4][24];
  static int turn;
  char *text = texts[turn++ & 3];
  if (result != -1) {
    sprintf(text, "%ld", result);
    return text;
  }
  switch (errno) {
#define E(x) case x: return #x
    E(EBADF); E(EINVAL); E(ESPIPE); E(EFAULT); E(EAGAIN); E(EPERM); E(EOPNOTSUPP); E(ENOENT); E(EEXIST); E(EPIPE); E(ENOTSOCK);
    E(EDESTADDRREQ); E(ENOSYS); E(ENOTCONN); E(EISCONN); E(ECONNREFUSED); E(EADDRINUSE); E(EMSGSIZE); E(EPROTOTYPE);
    E(ENOPROTOOPT); E(EAFNOSUPPORT); E(EPROTONOSUPPORT); E(ESOCKTNOSUPPORT); E(ENOTDIR); E(ECONNRESET); E(EDOM); E(ETOOMANYREFS);
    E(ENXIO); E(ENAMETOOLONG); E(EINTR); E(EMFILE); E(ENOBUFS); E(ELOOP);
  }
  sprintf(text, "error %d", errno);
  return text;
}
#define SAY(WHAT, RESULT) printf("%s: %s\n", WHAT, name(RESULT))

static void makers(void)
{
  int p[2];
  SAY("family 99", socket(99, SOCK_STREAM, 0));
  SAY("type 0", socket(AF_UNIX, 0, 0));
  SAY("type 9", socket(AF_UNIX, 9, 0));
  SAY("rdm", socket(AF_UNIX, SOCK_RDM, 0));
  SAY("protocol 2", socket(AF_UNIX, SOCK_STREAM, 2));
  SAY("flags", socket(AF_UNIX, SOCK_STREAM | 0x100, 0));
  SAY("pair of family 99", socketpair(99, SOCK_STREAM, 0, p));
  SAY("pair at a bad address", socketpair(AF_UNIX, SOCK_STREAM, 0, (int *)1));
  SAY("protocol 1", close(socket(AF_UNIX, SOCK_STREAM, 1)));
}

static void options(int kind)
{
  static const struct { const char *name; int option; } all[] = {
    {"TYPE", SO_TYPE}, {"DOMAIN", SO_DOMAIN}, {"PROTOCOL", SO_PROTOCOL}, {"ACCEPTCONN", SO_ACCEPTCONN}, {"ERROR", SO_ERROR},
    {"REUSEADDR", SO_REUSEADDR}, {"KEEPALIVE", SO_KEEPALIVE}, {"BROADCAST", SO_BROADCAST}, {"OOBINLINE", SO_OOBINLINE},
    {"DONTROUTE", SO_DONTROUTE}, {"DEBUG", SO_DEBUG}, {"PASSCRED", SO_PASSCRED}, {"SNDLOWAT", SO_SNDLOWAT},
    {"unknown", 999}};
  int s = socket(AF_UNIX, kind, 0);
  printf("-- options of %s\n", kinds[kind]);
  for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
    int value = -7, one = 1;
    socklen_t length = sizeof value;
    long got = getsockopt(s, SOL_SOCKET, all[i].option, &value, &length);
    printf("%s: %s", all[i].name, name(got));
    if (got == 0)
      printf(" %d (%u)", value, length);
    printf(", set %s", name(setsockopt(s, SOL_SOCKET, all[i].option, &one, sizeof one)));
    length = sizeof value;
    if (getsockopt(s, SOL_SOCKET, all[i].option, &value, &length) == 0)
      printf(", now %d", value);
    printf("\n");
  }
  int value = 1;
  socklen_t length = 2;
  short small = 0;
  const char *outcome = name(getsockopt(s, SOL_SOCKET, SO_TYPE, &small, &length));
  printf("short TYPE: %s %u %d\n", outcome, length, small);
  length = -1;
  SAY("negative length", getsockopt(s, SOL_SOCKET, SO_TYPE, &value, &length));
  SAY("no length", getsockopt(s, SOL_SOCKET, SO_TYPE, &value, NULL));
  SAY("set with 3 bytes", setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, &value, 3));
  SAY("set at a bad address", setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (void *)1, 4));
  SAY("another level", setsockopt(s, 6, 1, &value, 4));
  length = 4;
  SAY("get of another level", getsockopt(s, 6, 1, &value, &length));
  struct timeval long_time = {0, 1000000}, negative = {-1, 0}, three = {3, 0}, back;
  SAY("a time-out of a million microseconds", setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &long_time, sizeof long_time));
  SAY("a negative time-out", setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &negative, sizeof negative));
  SAY("a time-out", setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &three, sizeof three));
  length = sizeof back;
  int got = getsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &back, &length);
  printf("time-out: %d %ld.%06ld %u\n", got, (long)back.tv_sec, (long)back.tv_usec, length);
  struct linger linger = {1, 3};
  SAY("linger", setsockopt(s, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
  close(s);
}

static void addresses(void)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX}, back;
  socklen_t length;
  int s;
  printf("-- addresses\n");
#define FRESH() (s = socket(AF_UNIX, SOCK_STREAM, 0))
  FRESH();
  SAY("bind of length 1", bind(s, (void *)&address, 1));
  SAY("bind of length 0", bind(s, (void *)&address, 0));
  SAY("bind of length 111", bind(s, (void *)&address, 111));
  address.sun_family = AF_INET;
  SAY("bind of another family", bind(s, (void *)&address, sizeof address));
  SAY("connect of another family", connect(s, (void *)&address, sizeof address));
  address.sun_family = AF_UNIX;
  SAY("bind at a bad address", bind(s, (void *)1, 20));
  length = sizeof back;
  int got = getsockname(s, (void *)&back, &length);
  printf("unbound: %d %u\n", got, length);
  SAY("peer of nobody", getpeername(s, (void *)&back, &length));
  length = 1;
  SAY("name into 1 byte", getsockname(s, (void *)&back, &length));
  printf("length %u\n", length);
  length = -1;
  SAY("name into -1 bytes", getsockname(s, (void *)&back, &length));
  /* Autobind: five hexadecimal digits. */
  SAY("autobind", bind(s, (void *)&address, 2));
  length = sizeof back;
  got = getsockname(s, (void *)&back, &length);
  printf("autobound: %d %u, zero first: %d\n", got, length, back.sun_path[0] == 0);
  SAY("bind again", bind(s, (void *)&address, 2));
  strcpy(address.sun_path, "s1");
  SAY("bind again elsewhere", bind(s, (void *)&address, sizeof address));
  close(s);
  FRESH();
  SAY("bind", bind(s, (void *)&address, offsetof(struct sockaddr_un, sun_path) + 2));
  length = sizeof back;
  got = getsockname(s, (void *)&back, &length);
  printf("bound: %d %u %s\n", got, length, back.sun_path);
  struct stat status;
  int found = stat("s1", &status);
  printf("node: %d %d\n", found, S_ISSOCK(status.st_mode));
  int other = socket(AF_UNIX, SOCK_STREAM, 0);
  SAY("bind where it is", bind(other, (void *)&address, sizeof address));
  SAY("connect before listen", connect(other, (void *)&address, sizeof address));
  SAY("listen unbound", listen(other, 1));
  SAY("accept before listen", accept(s, NULL, NULL));
  SAY("listen", listen(s, 1));
  int datagram = socket(AF_UNIX, SOCK_DGRAM, 0);
  SAY("connect of another type", connect(datagram, (void *)&address, sizeof address));
  SAY("listen of a datagram socket", listen(datagram, 1));
  SAY("accept of a datagram socket", accept(datagram, NULL, NULL));
  SAY("connect of the listener", connect(s, (void *)&address, sizeof address));
  SAY("send on the listener", send(s, "x", 1, MSG_NOSIGNAL));
  SAY("receive on the listener", recv(s, buffer, 1, 0));
  SAY("connect", connect(other, (void *)&address, sizeof address));
  SAY("connect again", connect(other, (void *)&address, sizeof address));
  length = sizeof back;
  got = getpeername(other, (void *)&back, &length);
  printf("peer: %d %u %s\n", got, length, back.sun_path);
  int accepted = accept4(s, (void *)&back, &length, SOCK_CLOEXEC);
  printf("accepted: %d, length %u, close-on-exec %d\n", accepted >= 0, length, fcntl(accepted, F_GETFD));
  SAY("accept with flags", syscall(SYS_accept4, s, NULL, NULL, 1));
  fcntl(s, F_SETFL, O_NONBLOCK);
  SAY("accept of nobody", accept(s, NULL, NULL));
  unlink("s1");
  FRESH();
  SAY("connect to a name that went", connect(s, (void *)&address, sizeof address));
  close(creat("plain", 0600));
  strcpy(address.sun_path, "plain");
  SAY("connect to a file", connect(s, (void *)&address, sizeof address));
  strcpy(address.sun_path, "plain/x");
  SAY("bind below a file", bind(s, (void *)&address, sizeof address));
  memcpy(address.sun_path, "\0nobody", 7);
  SAY("connect to an abstract nobody", connect(s, (void *)&address, offsetof(struct sockaddr_un, sun_path) + 7));
  /* The family AF_UNSPEC parts datagram sockets. */
  int pair[2];
  socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
  struct sockaddr none = {.sa_family = AF_UNSPEC};
  SAY("part", connect(pair[0], &none, sizeof none));
  SAY("send when parted", send(pair[0], "x", 1, 0));
  SAY("the other end", send(pair[1], "x", 1, 0));
}

static void messages(int kind)
{
  int p[2], count = 0;
  printf("-- messages of %s\n", kinds[kind]);
  socketpair(AF_UNIX, kind, 0, p);
  SAY("send", send(p[0], "hello", 5, 0));
  SAY("send", send(p[0], "world", 5, MSG_EOR | MSG_MORE));
  SAY("pending", ioctl(p[1], FIONREAD, &count));
  printf("FIONREAD %d\n", count);
  SAY("peek", recv(p[1], buffer, 3, MSG_PEEK));
  SAY("peek with MSG_TRUNC", recv(p[1], buffer, 3, MSG_PEEK | MSG_TRUNC));
  struct iovec part = {buffer, 3};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  long got = recvmsg(p[1], &message, 0);
  printf("part: %ld, flags %x\n", got, message.msg_flags);
  got = recvmsg(p[1], &message, MSG_DONTWAIT);
  printf("part: %ld, flags %x, %.3s\n", got, message.msg_flags, buffer);
  got = recv(p[1], buffer, 100, MSG_DONTWAIT);
  printf("rest: %s\n", name(got));
  SAY("nothing", recv(p[1], buffer, 100, MSG_DONTWAIT));
  SAY("empty", send(p[0], "", 0, MSG_DONTWAIT));
  SAY("receive the empty", recv(p[1], buffer, 100, MSG_DONTWAIT));
  SAY("to an address", sendto(p[0], "x", 1, MSG_DONTWAIT, &(struct sockaddr){.sa_family = AF_UNIX}, 2));
  SAY("at a bad address", send(p[0], (void *)1, 1, MSG_DONTWAIT));
  SAY("into a bad address", send(p[0], "x", 1, 0) + recv(p[1], (void *)1, 1, MSG_DONTWAIT));
  while (recv(p[1], buffer, 100, MSG_DONTWAIT) >= 0)
    ;
  SAY("shutdown 3", shutdown(p[0], 3));
  SAY("shutdown for reading", shutdown(p[0], SHUT_RD));
  if (kind != SOCK_DGRAM)
    SAY("receive", recv(p[0], buffer, 1, MSG_DONTWAIT));
  SAY("send against it", send(p[1], "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT));
  SAY("send", send(p[0], "x", 1, 0));
  SAY("shutdown for writing", shutdown(p[0], SHUT_WR));
  SAY("send", send(p[0], "x", 1, MSG_NOSIGNAL));
  struct pollfd polled = {p[1], POLLIN | POLLOUT | POLLRDHUP, 0};
  poll(&polled, 1, 0);
  printf("poll: %x\n", polled.revents);
  SAY("receive the last", recv(p[1], buffer, 100, MSG_DONTWAIT));
  SAY("receive the end", recv(p[1], buffer, 100, MSG_DONTWAIT));
  close(p[0]);
  poll(&polled, 1, 0);
  printf("poll: %x\n", polled.revents);
  SAY("send to nobody", send(p[1], "x", 1, MSG_NOSIGNAL));
  SAY("send to nobody again", send(p[1], "x", 1, MSG_NOSIGNAL));
  close(p[1]);
  /* Closed with something unread. */
  socketpair(AF_UNIX, kind, 0, p);
  send(p[0], "x", 1, 0);
  close(p[1]);
  SAY("the other end did not read", recv(p[0], buffer, 1, MSG_DONTWAIT));
  SAY("and then", recv(p[0], buffer, 1, MSG_DONTWAIT));
  close(p[0]);
}

static long send_control(int fd, int level, int type, const void *what, size_t size, size_t claimed)
{
  char control[256] = {0};
  struct iovec byte = {"r", 1};
  struct msghdr message = {.msg_iov = &byte, .msg_iovlen = 1, .msg_control = control, .msg_controllen = CMSG_SPACE(size)};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = level;
  header->cmsg_type = type;
  header->cmsg_len = claimed ? claimed : CMSG_LEN(size);
  memcpy(CMSG_DATA(header), what, size);
  return sendmsg(fd, &message, MSG_DONTWAIT);
}

static void receive_control(int fd, size_t room, int flags)
{
  char control[256] = {0};
  struct iovec byte = {buffer, 1};
  struct msghdr message = {.msg_iov = &byte, .msg_iovlen = 1, .msg_control = control, .msg_controllen = room};
  long got = recvmsg(fd, &message, MSG_DONTWAIT | flags);
  printf("received %s, flags %x, control %zu:", name(got), message.msg_flags & ~MSG_CMSG_CLOEXEC, (size_t)message.msg_controllen);
  for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); got >= 0 && header; header = CMSG_NXTHDR(&message, header)) {
    printf(" %d/%d (%zu)", header->cmsg_level, header->cmsg_type, (size_t)header->cmsg_len);
    if (header->cmsg_type == SCM_RIGHTS)
      for (size_t i = 0; i < (header->cmsg_len - CMSG_LEN(0)) / sizeof(int); i++) {
        int new;
        memcpy(&new, CMSG_DATA(header) + i * sizeof new, sizeof new);
        printf(" fd flags %d", fcntl(new, F_GETFD));
        close(new);
      }
    if (header->cmsg_type == SCM_CREDENTIALS) {
      struct ucred who;
      memcpy(&who, CMSG_DATA(header), sizeof who);
      printf(" %s %d %d", who.pid == getpid() ? "me" : who.pid ? "another" : "nobody", who.uid == getuid(), who.gid == getgid());
    }
  }
  printf("\n");
}

static void rights(int kind)
{
  int p[2], one = 1, null = open("/dev/null", O_RDONLY), three[3] = {null, null, null}, wrong = 77;
  printf("-- rights over %s\n", kinds[kind]);
  socketpair(AF_UNIX, kind, 0, p);
  struct ucred me = {getpid(), getuid(), getgid()};
  SAY("one right", send_control(p[0], SOL_SOCKET, SCM_RIGHTS, &null, sizeof null, 0));
  receive_control(p[1], 64, 0);
  SAY("three rights", send_control(p[0], SOL_SOCKET, SCM_RIGHTS, three, sizeof three, 0));
  receive_control(p[1], CMSG_SPACE(8), MSG_CMSG_CLOEXEC);
  SAY("no room", send_control(p[0], SOL_SOCKET, SCM_RIGHTS, three, sizeof three, 0));
  receive_control(p[1], 0, 0);
  SAY("peeked", send_control(p[0], SOL_SOCKET, SCM_RIGHTS, &null, sizeof null, 0));
  receive_control(p[1], 64, MSG_PEEK);
  receive_control(p[1], 64, 0);
  SAY("a wrong descriptor", send_control(p[0], SOL_SOCKET, SCM_RIGHTS, &wrong, sizeof wrong, 0));
  SAY("an unknown type", send_control(p[0], SOL_SOCKET, 99, &null, sizeof null, 0));
  SAY("another level", send_control(p[0], 41, SCM_RIGHTS, &null, sizeof null, 0));
  receive_control(p[1], 64, 0);
  SAY("a length too small", send_control(p[0], SOL_SOCKET, SCM_RIGHTS, &null, sizeof null, 8));
  SAY("a length too large", send_control(p[0], SOL_SOCKET, SCM_RIGHTS, &null, sizeof null, 100));
  SAY("credentials", send_control(p[0], SOL_SOCKET, SCM_CREDENTIALS, &me, sizeof me, 0));
  receive_control(p[1], 64, 0);
  SAY("credentials of 4 bytes", send_control(p[0], SOL_SOCKET, SCM_CREDENTIALS, &me, 4, 0));
  setsockopt(p[1], SOL_SOCKET, SO_PASSCRED, &one, sizeof one);
  SAY("without", send(p[0], "x", 1, 0));
  receive_control(p[1], 64, 0);
  SAY("with", send_control(p[0], SOL_SOCKET, SCM_CREDENTIALS, &me, sizeof me, 0));
  receive_control(p[1], 64, 0);
  SAY("both", send_control(p[0], SOL_SOCKET, SCM_RIGHTS, &null, sizeof null, 0));
  receive_control(p[1], 100, 0);
  struct ucred peer;
  socklen_t length = sizeof peer;
  int got = getsockopt(p[0], SOL_SOCKET, SO_PEERCRED, &peer, &length);
  printf("peer: %d %d %u\n", got, peer.pid == getpid(), length);
  close(p[0]);
  close(p[1]);
  close(null);
}

/* What was sent is lost with the other end: who sends more hears of the end, who reads of the loss. */
static void lost(int kind)
{
  int p[2];
  printf("-- lost over %s\n", kinds[kind]);
  socketpair(AF_UNIX, kind, 0, p);
  SAY("to be lost", write(p[0], "x", 1));
  close(p[1]);
  SAY("nothing more", write(p[0], "", 0));
  SAY("more", write(p[0], "x", 1));
  SAY("still more", send(p[0], "x", 1, MSG_NOSIGNAL));
  SAY("read", read(p[0], buffer, 1));
  SAY("read again", read(p[0], buffer, 1));
  close(p[0]);
}

int main(void)
{
  signal(SIGPIPE, SIG_IGN);
  setvbuf(stdout, NULL, _IOLBF, 0);
  makers();
  for (int kind = SOCK_STREAM; kind <= SOCK_SEQPACKET; kind++)
    if (kinds[kind])
      options(kind);
  addresses();
  for (int kind = SOCK_STREAM; kind <= SOCK_SEQPACKET; kind++)
    if (kinds[kind]) {
      messages(kind);
      rights(kind);
      if (kind != SOCK_DGRAM)
        lost(kind);
    }
  return 0;
}
