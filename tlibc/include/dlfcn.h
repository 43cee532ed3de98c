/* dlfcn.h: POSIX.1. */
#ifndef _DLFCN_H
#define _DLFCN_H 1
#include <features.h>
#define RTLD_LAZY 1
#define RTLD_NOW 2
#define RTLD_GLOBAL 0x100
#define RTLD_LOCAL 0
#if __TL_MISC
#define RTLD_NOLOAD 4
#define RTLD_DEEPBIND 8
#define RTLD_NODELETE 0x1000
#endif
__BEGIN_DECLS
/*@ functions dlclose dlerror dlopen dlsym */
#if __TL_GNU || __TL_POSIX >= 202405L
#define RTLD_NEXT ((void *)-1)
#define RTLD_DEFAULT ((void *)0)
/*@ types Dl_info */
/*@ functions dladdr */
#endif
#if __TL_GNU
/*@ types size_t Lmid_t */
#define LM_ID_BASE 0
#define LM_ID_NEWLM (-1)
enum { RTLD_DL_SYMENT = 1, RTLD_DL_LINKMAP = 2 };
enum {
  RTLD_DI_LMID = 1,
  RTLD_DI_LINKMAP = 2,
  RTLD_DI_CONFIGADDR = 3,
  RTLD_DI_SERINFO = 4,
  RTLD_DI_SERINFOSIZE = 5,
  RTLD_DI_ORIGIN = 6,
  RTLD_DI_PROFILENAME = 7,
  RTLD_DI_PROFILEOUT = 8,
  RTLD_DI_TLS_MODID = 9,
  RTLD_DI_TLS_DATA = 10,
  RTLD_DI_PHDR = 11,
  RTLD_DI_MAX = 11
};
/*@ functions dladdr1 dlinfo dlvsym */
void *dlmopen(Lmid_t __space, const char *__file, int __flags);
#endif
__END_DECLS
#endif
