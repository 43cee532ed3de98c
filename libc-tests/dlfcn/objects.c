/* expect: not-musl knows less of an object
   expect: shared-glibc linked statically, it finds nothing */
/* What a program finds of its own object. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static __thread int local = 5;

static int first(struct dl_phdr_info *info, size_t size, void *place) {
  *(struct dl_phdr_info *)place = *info;
  return 1;
}

int main(void) {
  int failed = 0;
  struct dl_phdr_info program;
  struct link_map *map = NULL, *other = NULL;
  Dl_info info;
  void *extra = &failed, *self = dlopen(NULL, RTLD_NOW), *data = NULL;
  char origin[4096], file[4096];
  Lmid_t space = 77;
  size_t module = 77;
  const ElfW(Phdr) *headers = NULL;
  dl_iterate_phdr(first, &program);
  CHECK(dlinfo(self, RTLD_DI_LINKMAP, &map) == 0 && map && map->l_addr == program.dlpi_addr && map->l_prev == NULL);
  CHECK(dladdr1((void *)main, &info, (void **)&other, RTLD_DL_LINKMAP) != 0 && other == map);
  CHECK(dladdr1((void *)main, &info, &extra, RTLD_DL_SYMENT) != 0);
  CHECK(dladdr1((void *)1, &info, &extra, RTLD_DL_SYMENT) == 0);
  CHECK(dlinfo(self, RTLD_DI_LMID, &space) == 0 && space == LM_ID_BASE);
  CHECK(dlinfo(self, RTLD_DI_TLS_MODID, &module) == 0 && module == program.dlpi_tls_modid);
  CHECK(dlinfo(self, RTLD_DI_TLS_DATA, &data) == 0 && data == program.dlpi_tls_data && (char *)&local >= (char *)data && (char *)&local < (char *)data + 4096);
  CHECK(dlinfo(self, RTLD_DI_PHDR, &headers) == program.dlpi_phnum && headers == program.dlpi_phdr);
#ifdef __TLIBC__ /* glibc's ends in a fault for the program itself. */
  CHECK(dlinfo(self, RTLD_DI_ORIGIN, origin) == 0);
  ssize_t length = readlink("/proc/self/exe", file, sizeof file - 1);
  file[length > 0 ? length : 0] = 0;
  CHECK(origin[0] == '/' && !strncmp(file, origin, strlen(origin)));
#endif
  CHECK(dlinfo(self, 1234, origin) == -1 && dlerror());
  CHECK(dlmopen(LM_ID_BASE, "/no/such/library.so", RTLD_NOW) == NULL && dlerror());
  CHECK(dlmopen(LM_ID_BASE, NULL, RTLD_NOW) != NULL);
  return failed;
}
