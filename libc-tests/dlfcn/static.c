/* expect: not-glibc a static program of glibc loads libraries
   expect: not-musl its names and texts differ
   In a program without a dynamic linker nothing can be loaded, and the functions say so. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  Dl_info info;
  printf("%d\n", dlerror() == NULL);
  void *h = dlopen("/no/such/library.so", RTLD_NOW);
  const char *why = dlerror();
  printf("%d %d %d\n", h == NULL, why && strlen(why) > 0, dlerror() == NULL);
  void *self = dlopen(NULL, RTLD_LAZY);
  printf("%d\n", self != NULL);
  dlerror();
  printf("%d", dlsym(RTLD_DEFAULT, "no such symbol") == NULL);
  printf(" %d\n", dlerror() != NULL);
  printf("%d\n", self ? dlclose(self) : 0);
  static int here;
  printf("%d\n", dladdr(&here, &info) == 0 || info.dli_fbase != NULL);
  return 0;
}
