/* expect: status 9
   Exit handlers: order, registration from a handler, exit from a handler, buffers flushed at the end. */
#include <stdio.h>
#include <stdlib.h>

static int count;

static void counted(void) { count++; }
static void last(void) { printf("last\n"); }
static void report(void) { printf("counted %d\n", count); }
static void added(void) { printf("added by a handler\n"); }
static void adds(void) {
  printf("adds\n");
  atexit(added);
}
static void exits(void) {
  printf("exits again\n");
  exit(9);
}

__attribute__((constructor)) static void constructor(void) { printf("constructor\n"); }
__attribute__((destructor)) static void destructor(void) { printf("destructor\n"); }

int main(void) {
  printf("main\n");
  atexit(last);
  atexit(report);
  for (int i = 0; i < 500; i++)
    if (atexit(counted)) return 1;
  atexit(exits);
  atexit(adds);
  exit(3);
}
