/* expect: status 4 */
#include <stdio.h>
#include <stdlib.h>

static void not_called(void) { printf("atexit handler\n"), fflush(stdout); }
static void first(void) { printf("first\n"), fflush(stdout); }
static void second(void) { printf("second\n"), fflush(stdout); }

int main(void) {
  atexit(not_called);
  at_quick_exit(first);
  at_quick_exit(second);
  quick_exit(4);
}
