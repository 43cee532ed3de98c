/* ftok: the same key for the same file, another for another or another number. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <unistd.h>

int main(void) {
  close(creat("a", 0600));
  close(creat("b", 0600));
  link("a", "c");
  key_t a = ftok("a", 1);
  printf("%d %d %d %d %d\n", a != -1, ftok("a", 1) == a, ftok("c", 1) == a, ftok("b", 1) != a, ftok("a", 2) != a);
  printf("%d %d\n", ftok("a", 257) == a, ftok("none", 1) == -1 && errno == ENOENT);
  return 0;
}
