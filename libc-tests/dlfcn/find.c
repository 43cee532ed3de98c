/* What a program finds of the library at run time. */
/* expect: not-musl linked statically, it finds nothing */
/* expect: shared-glibc linked statically, it finds nothing */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <unistd.h>

int main(void) {
  void *self = dlopen(0, RTLD_NOW);
  unsigned long (*find)(unsigned long) = (unsigned long (*)(unsigned long))dlsym(RTLD_DEFAULT, "getauxval");
  printf("%d %d\n", self != 0, find != 0 && find(AT_PAGESZ) == (unsigned long)sysconf(_SC_PAGESIZE));
  printf("%d\n", dlsym(self, "getauxval") == (void *)find);
  printf("%d\n", dlerror() != 0);
  printf("%d", dlsym(RTLD_DEFAULT, "no_such_function_anywhere") != 0);
  printf(" %d", dlerror() != 0);
  printf(" %d\n", dlerror() != 0);
  printf("%d", dlopen("/no/such/library.so", RTLD_NOW) != 0);
  printf(" %d\n", dlerror() != 0);
  Dl_info info;
  printf("%d", dladdr((void *)main, &info) != 0);
  printf(" %d\n", info.dli_fname != 0);
  printf("%d\n", dlclose(self));
  return 0;
}
