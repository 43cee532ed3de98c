/* expect: not-musl has no execinfo.h
   The addresses of the active calls, and a line of text for each. */
#include <execinfo.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static int depth[3];

static int __attribute__((noinline)) down(int n, int which, int limit) {
  if (n > 0) {
    int r = down(n - 1, which, limit);
    __asm__ volatile("");
    return r + 1;
  }
  void *at[100];
  int count = backtrace(at, limit);
  depth[which] = count;
  if (which == 2) {
    char **text = backtrace_symbols(at, count);
    int good = text != NULL;
    for (int i = 0; i < count; i++) {
      char address[32];
      snprintf(address, sizeof address, "[%p]", at[i]);
      good = good && strstr(text[i], address) != NULL;
    }
    free(text);
    int fd = open("lines", O_RDWR | O_CREAT, 0600), lines = 0;
    backtrace_symbols_fd(at, count, fd);
    static char all[100000];
    ssize_t size = pread(fd, all, sizeof all - 1, 0);
    for (ssize_t i = 0; i < size; i++) lines += all[i] == '\n';
    printf("%d %d\n", good, lines == count);
  }
  return 0;
}

int main(void) {
  int a = down(3, 0, 100), b = down(10, 1, 100), c = down(10, 2, 5);
  printf("%d %d %d %d %d\n", a, b, c, depth[1] - depth[0], depth[2]);
  return 0;
}
