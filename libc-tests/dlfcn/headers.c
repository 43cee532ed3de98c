/* dl_iterate_phdr: the program's headers, its own code in one of them, and an end when the function says so. */
#define _GNU_SOURCE
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static int failed, calls, holds, tls;
static _Thread_local int local = 5;

static int look(struct dl_phdr_info *info, size_t size, void *data) {
  CHECK(data == &calls && size >= sizeof *info && info->dlpi_phnum > 0 && info->dlpi_name != NULL);
  calls++;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *p = info->dlpi_phdr + i;
    uintptr_t start = info->dlpi_addr + p->p_vaddr, me = (uintptr_t)look;
    if (p->p_type == PT_LOAD && me - start < p->p_memsz) {
      CHECK(p->p_flags == (PF_R | PF_X));
      holds++;
    }
    if (p->p_type == PT_TLS) {
      tls++;
      uintptr_t block = (uintptr_t)info->dlpi_tls_data, variable = (uintptr_t)&local;
      CHECK(block == 0 || variable - block < p->p_memsz);
    }
  }
  return 0;
}
static int stop(struct dl_phdr_info *info, size_t size, void *data) { return ++*(int *)data; }

int main(void) {
  CHECK(dl_iterate_phdr(look, &calls) == 0 && calls >= 1 && holds == 1 && tls >= 1 && local == 5);
  int n = 41;
  CHECK(dl_iterate_phdr(stop, &n) == 42 && n == 42);
  return failed;
}
