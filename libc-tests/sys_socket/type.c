/* expect: not-musl it has no isfdtype */
/* isfdtype tells sockets from files. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0, ends[2], pair[2];
  CHECK(pipe(ends) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  CHECK(isfdtype(pair[0], S_IFSOCK) == 1 && isfdtype(ends[0], S_IFSOCK) == 0 && isfdtype(ends[0], S_IFIFO) == 1);
  CHECK(isfdtype(-1, S_IFSOCK) == -1);
  return failed;
}
