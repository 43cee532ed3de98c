/* sys/types.h: POSIX.1. */
#ifndef _SYS_TYPES_H
#define _SYS_TYPES_H 1
#include <features.h>
/*@ types size_t ssize_t off_t pid_t uid_t gid_t id_t mode_t dev_t ino_t nlink_t blksize_t blkcnt_t
fsblkcnt_t fsfilcnt_t time_t suseconds_t useconds_t clock_t clockid_t timer_t key_t
pthread_t pthread_key_t pthread_once_t pthread_spinlock_t pthread_attr_t pthread_mutexattr_t
pthread_condattr_t pthread_mutex_t pthread_cond_t pthread_rwlock_t pthread_rwlockattr_t
pthread_barrier_t pthread_barrierattr_t */
/*@ types int8_t int16_t int32_t int64_t */
#if __TL_MISC
typedef unsigned char u_int8_t;
typedef unsigned short u_int16_t;
typedef unsigned int u_int32_t;
typedef unsigned long u_int64_t;
typedef long register_t;
typedef unsigned char u_char;
typedef unsigned short u_short;
typedef unsigned int u_int;
typedef unsigned long u_long;
typedef long quad_t;
typedef unsigned long u_quad_t;
typedef char *caddr_t;
typedef int daddr_t;
/*@ types loff_t fsid_t */
typedef unsigned long ulong;
typedef unsigned short ushort;
typedef unsigned int uint;
#include <endian.h>
#include <sys/select.h>
#endif
#if __TL_GNU || defined _LARGEFILE64_SOURCE
/*@ types off64_t ino64_t blkcnt64_t fsblkcnt64_t fsfilcnt64_t */
#endif
#endif
