/* expect: not-musl has none of these */
/* What the heap says of itself: figures that grow with what is allocated, as a structure, as text and as XML. */
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0;
  void *blocks[200];
  struct mallinfo small = mallinfo();
  struct mallinfo2 before = mallinfo2(), after;
  CHECK(small.arena == (int)before.arena && before.uordblks + before.fordblks <= before.arena + before.hblkhd + 1);
  for (int i = 0; i < 200; i++) memset(blocks[i] = malloc(20000), 1, 20000);
  after = mallinfo2();
  CHECK(after.uordblks >= before.uordblks + 200 * 20000 && after.uordblks <= after.arena + after.hblkhd);
  for (int i = 0; i < 200; i++) free(blocks[i]);
  after = mallinfo2();
  CHECK(after.uordblks < before.uordblks + 100 * 20000);
  char text[20000] = "";
  FILE *f = fmemopen(text, sizeof text, "w");
  CHECK(malloc_info(0, f) == 0);
  fclose(f);
  CHECK(!strncmp(text, "<malloc version=\"1\">\n", 21) && strstr(text, "<system type=\"current\" size=\"") && strstr(text, "</malloc>\n"));
  errno = 0;
  CHECK(malloc_info(1, stdout) != 0);
  int ends[2];
  pipe(ends);
  dup2(ends[1], 2);
  malloc_stats();
  fflush(stderr);
  memset(text, 0, sizeof text);
  CHECK(read(ends[0], text, sizeof text - 1) > 50);
  CHECK(!strncmp(text, "Arena 0:\nsystem bytes     = ", 28) && strstr(text, "in use bytes     = ") && strstr(text, "Total (incl. mmap):\n"));
  return failed;
}
