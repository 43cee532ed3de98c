/* sys/statvfs.h: POSIX.1. */
#ifndef _SYS_STATVFS_H
#define _SYS_STATVFS_H 1
#include <features.h>
/*@ types fsblkcnt_t fsfilcnt_t statvfs */
#define ST_RDONLY 1
#define ST_NOSUID 2
#define ST_NODEV 4
#define ST_NOEXEC 8
#define ST_SYNCHRONOUS 16
#define ST_MANDLOCK 64
#define ST_WRITE 128
#define ST_APPEND 256
#define ST_IMMUTABLE 512
#define ST_NOATIME 1024
#define ST_NODIRATIME 2048
#define ST_RELATIME 4096
__BEGIN_DECLS
/*@ functions statvfs fstatvfs */
#if __TL_GNU
#define statvfs64 statvfs
#define fstatvfs64 fstatvfs
#endif
__END_DECLS
#endif
