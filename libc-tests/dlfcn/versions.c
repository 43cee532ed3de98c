/* expect: not-glibc a static program of glibc loads libraries
   expect: not-musl it has no dlvsym */
/* dlvsym finds nothing in a program that has no dynamic symbols, and says so. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>

int main(void) {
  dlerror();
  void *found = dlvsym(RTLD_DEFAULT, "no_such_symbol", "NONE_1.0");
  const char *text = dlerror();
  if (found || !text || !*text || dlerror()) return 1;
  return 0;
}
