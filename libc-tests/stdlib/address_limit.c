/* Memory is had where the limit of addresses leaves some megabytes only. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

int main(void) {
  /* Without a stream, which would ask for memory before the limit is there. */
  char text[200] = "";
  int file = open("/proc/self/statm", O_RDONLY);
  if (file < 0 || read(file, text, sizeof text - 1) <= 0) return 2;
  close(file);
  unsigned long pages = strtoul(text, NULL, 10);
  if (pages == 0) return 2;
  struct rlimit limit = {pages * 4096 + (6 << 20), RLIM_INFINITY};
  if (setrlimit(RLIMIT_AS, &limit)) return 3;
  int had = 0;
  for (int i = 0; i < 100; i++) {
    char *block = malloc(10000);
    if (block) block[i] = 1, had++;
  }
  printf("%d %d\n", had, malloc(64 << 20) == NULL);
  return 0;
}
