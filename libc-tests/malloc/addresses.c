/* The heap does not use up many more addresses than what it hands out, nor more each time that it grows anew. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { BLOCK = 600000, BLOCKS = 1000 };

/* The compiler must not see that nothing is done with them. */
static void *volatile blocks[BLOCKS];

static int fill(void) {
  int count = 0;
  while (count < BLOCKS && (blocks[count] = malloc(BLOCK)) != NULL) count++;
  for (int i = 0; i < count; i++) free(blocks[i]);
  return count;
}

int main(void) {
  struct rlimit limit = {256 << 20, 256 << 20};
  if (setrlimit(RLIMIT_AS, &limit) != 0) {
    perror("setrlimit");
    return 1;
  }
  for (int round = 0; round < 5; round++)
    printf("three quarters of the addresses: %s\n", fill() > (192 << 20) / BLOCK ? "handed out" : "not handed out");
  return 0;
}
