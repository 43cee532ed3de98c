/* glob.h: POSIX.1. */
#ifndef _GLOB_H
#define _GLOB_H 1
#include <features.h>
/*@ types size_t glob_t */
#define GLOB_ERR 1
#define GLOB_MARK 2
#define GLOB_NOSORT 4
#define GLOB_DOOFFS 8
#define GLOB_NOCHECK 16
#define GLOB_APPEND 32
#define GLOB_NOESCAPE 64
#define GLOB_PERIOD 128
#if __TL_MISC
#define GLOB_MAGCHAR 256
#define GLOB_ALTDIRFUNC 512
#define GLOB_BRACE 1024
#define GLOB_NOMAGIC 2048
#define GLOB_TILDE 4096
#define GLOB_ONLYDIR 8192
#define GLOB_TILDE_CHECK 16384
#define GLOB_ABEND GLOB_ABORTED
#endif
#define GLOB_NOSPACE 1
#define GLOB_ABORTED 2
#define GLOB_NOMATCH 3
#define GLOB_NOSYS 4
__BEGIN_DECLS
/*@ functions glob globfree */
#if __TL_GNU
/*@ functions glob_pattern_p */
#endif
#if __TL_GNU || defined _LARGEFILE64_SOURCE
#define glob64_t glob_t
#define glob64 glob
#define globfree64 globfree
#endif
__END_DECLS
#endif
