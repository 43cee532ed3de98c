/* expect: signal 6
   expect: not-musl this version ends in a fault instead */
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  char *volatile block = malloc(100);
  printf("freeing twice\n");
  fflush(stdout);
  free(block);
  free(block);
  return 0;
}
