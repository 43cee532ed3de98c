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
/*@ functions dlvsym */
#endif
__END_DECLS
#endif
