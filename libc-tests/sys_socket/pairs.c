/* Local sockets: pairs, messages with descriptors, shutdown, poll and select on them. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

int main(void)
{
  union {
    struct cmsghdr head;
    char room[CMSG_SPACE(sizeof(int))];
  } control;
  struct iovec piece;
  struct msghdr message = { 0 };
  struct cmsghdr *item;
  struct pollfd wait = { 0 };
  struct timeval now = { 0, 0 };
  fd_set set;
  char buf[8] = "";
  int s[2], p[2], received;

  assert(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0 && pipe(p) == 0);
  assert(send(s[0], "hello", 5, 0) == 5 && recv(s[1], buf, sizeof buf, MSG_PEEK) == 5);
  wait.fd = s[1];
  wait.events = POLLIN;
  assert(poll(&wait, 1, 0) == 1 && wait.revents == POLLIN);
  FD_ZERO(&set);
  FD_SET(s[1], &set);
  assert(select(s[1] + 1, &set, NULL, NULL, &now) == 1 && FD_ISSET(s[1], &set));
  assert(read(s[1], buf, sizeof buf) == 5 && poll(&wait, 1, 0) == 0);
  puts("streams: ok");

  piece.iov_base = "d";
  piece.iov_len = 1;
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = &control;
  message.msg_controllen = sizeof control;
  item = CMSG_FIRSTHDR(&message);
  item->cmsg_level = SOL_SOCKET;
  item->cmsg_type = SCM_RIGHTS;
  item->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(item), &p[1], sizeof(int));
  assert(sendmsg(s[0], &message, 0) == 1);
  memset(&control, 0, sizeof control);
  piece.iov_base = buf;
  assert(recvmsg(s[1], &message, 0) == 1 && buf[0] == 'd');
  item = CMSG_FIRSTHDR(&message);
  assert(item != NULL && item->cmsg_type == SCM_RIGHTS && CMSG_NXTHDR(&message, item) == NULL);
  memcpy(&received, CMSG_DATA(item), sizeof received);
  assert(write(received, "x", 1) == 1 && read(p[0], buf, 1) == 1 && buf[0] == 'x');
  puts("descriptors: ok");

  assert(shutdown(s[0], SHUT_WR) == 0 && read(s[1], buf, 1) == 0);
  errno = 0;
  assert(send(s[0], "x", 1, MSG_NOSIGNAL) == -1 && errno == EPIPE);
  errno = 0;
  assert(socket(9999, SOCK_STREAM, 0) == -1 && errno == EAFNOSUPPORT);
  puts("errors: ok");
  return 0;
}
