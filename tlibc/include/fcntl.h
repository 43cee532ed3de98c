/* fcntl.h: POSIX.1. */
#ifndef _FCNTL_H
#define _FCNTL_H 1
#include <features.h>
/*@ types off_t pid_t mode_t flock */
#include <bits/modes.h>
#define O_RDONLY 0
#define O_WRONLY 01
#define O_RDWR 02
#define O_ACCMODE 03
#define O_CREAT 0100
#define O_EXCL 0200
#define O_NOCTTY 0400
#define O_TRUNC 01000
#define O_APPEND 02000
#define O_NONBLOCK 04000
#define O_NDELAY 04000
#define O_DSYNC 010000
#define O_ASYNC 020000
#define O_DIRECTORY 0200000
#define O_NOFOLLOW 0400000
#define O_CLOEXEC 02000000
#define O_SYNC 04010000
#define O_RSYNC 04010000
#define AT_FDCWD (-100)
#define AT_SYMLINK_NOFOLLOW 0x100
#define AT_REMOVEDIR 0x200
#define AT_SYMLINK_FOLLOW 0x400
#define AT_EACCESS 0x200
#if !defined SEEK_SET && (__TL_XSI || __TL_MISC || __TL_POSIX >= 200809L)
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#endif
#define F_DUPFD 0
#define F_GETFD 1
#define F_SETFD 2
#define F_GETFL 3
#define F_SETFL 4
#define F_GETLK 5
#define F_SETLK 6
#define F_SETLKW 7
#define F_SETOWN 8
#define F_GETOWN 9
#define F_DUPFD_CLOEXEC 1030
#define FD_CLOEXEC 1
#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2
#define POSIX_FADV_NORMAL 0
#define POSIX_FADV_RANDOM 1
#define POSIX_FADV_SEQUENTIAL 2
#define POSIX_FADV_WILLNEED 3
#define POSIX_FADV_DONTNEED 4
#define POSIX_FADV_NOREUSE 5
#if __TL_MISC
#define FAPPEND O_APPEND
#define FFSYNC O_SYNC
#define FNONBLOCK O_NONBLOCK
#define FNDELAY O_NDELAY
#ifndef R_OK
#define R_OK 4
#define W_OK 2
#define X_OK 1
#define F_OK 0
#endif
#define LOCK_SH 1
#define LOCK_EX 2
#define LOCK_NB 4
#define LOCK_UN 8
#endif
#if __TL_GNU
#define O_DIRECT 040000
#define O_NOATIME 01000000
#define O_PATH 010000000
#define O_TMPFILE 020200000
#define O_LARGEFILE 0
#define F_SETSIG 10
#define F_GETSIG 11
#define F_SETOWN_EX 15
#define F_GETOWN_EX 16
#define F_OFD_GETLK 36
#define F_OFD_SETLK 37
#define F_OFD_SETLKW 38
#define F_SETLEASE 1024
#define F_GETLEASE 1025
#define F_NOTIFY 1026
#define F_SETPIPE_SZ 1031
#define F_GETPIPE_SZ 1032
#define F_ADD_SEALS 1033
#define F_GET_SEALS 1034
#define F_SEAL_SEAL 1
#define F_SEAL_SHRINK 2
#define F_SEAL_GROW 4
#define F_SEAL_WRITE 8
#define F_GETLK64 5
#define F_SETLK64 6
#define F_SETLKW64 7
#define FALLOC_FL_KEEP_SIZE 1
#define FALLOC_FL_PUNCH_HOLE 2
#define FALLOC_FL_NO_HIDE_STALE 4
#define FALLOC_FL_COLLAPSE_RANGE 8
#define FALLOC_FL_ZERO_RANGE 16
#define FALLOC_FL_INSERT_RANGE 32
#define FALLOC_FL_UNSHARE_RANGE 64
#define SPLICE_F_MOVE 1
#define SPLICE_F_NONBLOCK 2
#define SPLICE_F_MORE 4
#define SPLICE_F_GIFT 8
#define SYNC_FILE_RANGE_WAIT_BEFORE 1
#define SYNC_FILE_RANGE_WRITE 2
#define SYNC_FILE_RANGE_WAIT_AFTER 4
#define SYNC_FILE_RANGE_WRITE_AND_WAIT 7
#define F_OWNER_TID 0
#define F_OWNER_PID 1
#define F_OWNER_PGRP 2
#define AT_NO_AUTOMOUNT 2048
#define AT_EMPTY_PATH 4096
#define DN_ACCESS 1
#define DN_MODIFY 2
#define DN_CREATE 4
#define DN_DELETE 8
#define DN_RENAME 16
#define DN_ATTRIB 32
struct file_handle {
  unsigned int handle_bytes;
  int handle_type;
  __extension__ unsigned char f_handle[0];
};
struct f_owner_ex {
  int type;
  pid_t pid;
};
#endif
#if __TL_MISC
#define AT_STATX_SYNC_AS_STAT 0
#define AT_STATX_FORCE_SYNC 0x2000
#define AT_STATX_DONT_SYNC 0x4000
#define AT_STATX_SYNC_TYPE 0x6000
#define AT_RECURSIVE 0x8000
#define DN_MULTISHOT 0x80000000
#define F_ULOCK 0
#define F_LOCK 1
#define F_OWNER_GID 2
#define F_TLOCK 2
#define F_TEST 3
#define F_SEAL_FUTURE_WRITE 0x10
#define F_GET_RW_HINT 0x40b
#define F_SET_RW_HINT 0x40c
#define F_GET_FILE_RW_HINT 0x40d
#define F_SET_FILE_RW_HINT 0x40e
#define FASYNC 0x2000
#define MAX_HANDLE_SZ 0x80
#define RWF_WRITE_LIFE_NOT_SET 0
#define RWH_WRITE_LIFE_NONE 1
#define RWH_WRITE_LIFE_SHORT 2
#define RWH_WRITE_LIFE_MEDIUM 3
#define RWH_WRITE_LIFE_LONG 4
#define RWH_WRITE_LIFE_EXTREME 5
#endif
__BEGIN_DECLS
/*@ functions creat fcntl/2 open/2 */
#if __TL_POSIX >= 200809L
/*@ functions openat/3 */
#endif
#if __TL_POSIX >= 200112L
/*@ functions posix_fadvise posix_fallocate */
#endif
#if __TL_MISC
/*@ functions lockf */
#endif
#if __TL_GNU
/*@ functions fallocate readahead splice tee vmsplice sync_file_range */
int name_to_handle_at(int __dir, const char *__path, struct file_handle *__handle, int *__mount, int __flags);
int open_by_handle_at(int __mount, struct file_handle *__handle, int __flags);
#endif
#if __TL_GNU || defined _LARGEFILE64_SOURCE
#define flock64 flock
/*@ types off64_t */
/*@ functions creat64 fcntl64/2 open64/2 openat64/3 posix_fadvise64 posix_fallocate64 fallocate64 */
#endif
__END_DECLS
#endif
