/* sys/mount.h: mounting file systems. */
#ifndef _SYS_MOUNT_H
#define _SYS_MOUNT_H 1
#include <features.h>
#include <sys/ioctl.h>
/*@ types size_t */
#define MS_RDONLY 1
#define MS_NOSUID 2
#define MS_NODEV 4
#define MS_NOEXEC 8
#define MS_SYNCHRONOUS 16
#define MS_REMOUNT 32
#define MS_MANDLOCK 64
#define MS_DIRSYNC 128
#define MS_NOATIME 1024
#define MS_NODIRATIME 2048
#define MS_BIND 4096
#define MS_MOVE 8192
#define MS_REC 16384
#define MS_SILENT 32768
#define MS_PRIVATE 262144
#define MS_SLAVE 524288
#define MS_SHARED 1048576
#define MS_RELATIME 2097152
#define MS_STRICTATIME 16777216
#define MNT_FORCE 1
#define MNT_DETACH 2
#define MNT_EXPIRE 4
#define UMOUNT_NOFOLLOW 8
/* Requests of block devices; the kernel's headers have the same. */
#undef BLKROSET
#define BLKROSET _IO(0x12, 93)
#undef BLKROGET
#define BLKROGET _IO(0x12, 94)
#undef BLKRRPART
#define BLKRRPART _IO(0x12, 95)
#undef BLKGETSIZE
#define BLKGETSIZE _IO(0x12, 96)
#undef BLKFLSBUF
#define BLKFLSBUF _IO(0x12, 97)
#undef BLKRASET
#define BLKRASET _IO(0x12, 98)
#undef BLKRAGET
#define BLKRAGET _IO(0x12, 99)
#undef BLKFRASET
#define BLKFRASET _IO(0x12, 100)
#undef BLKFRAGET
#define BLKFRAGET _IO(0x12, 101)
#undef BLKSECTSET
#define BLKSECTSET _IO(0x12, 102)
#undef BLKSECTGET
#define BLKSECTGET _IO(0x12, 103)
#undef BLKSSZGET
#define BLKSSZGET _IO(0x12, 104)
#undef BLKBSZGET
#define BLKBSZGET _IOR(0x12, 112, size_t)
#undef BLKBSZSET
#define BLKBSZSET _IOW(0x12, 113, size_t)
#undef BLKGETSIZE64
#define BLKGETSIZE64 _IOR(0x12, 114, size_t)
#if __TL_MISC
#define MS_NOUSER (-2147483648)
#define MS_NOSYMFOLLOW 0x100
#define MS_POSIXACL 0x10000
#define MS_UNBINDABLE 0x20000
#define MS_KERNMOUNT 0x400000
#define MS_I_VERSION 0x800000
#define MS_LAZYTIME 0x2000000
#define MS_RMT_MASK 0x2800051
#define MS_NOREMOTELOCK 0x8000000
#define MS_NOSEC 0x10000000
#define MS_BORN 0x20000000
#define MS_ACTIVE 0x40000000
#define MS_MGC_VAL 0xc0ed0000
#define MS_MGC_MSK 0xffff0000
#endif
__BEGIN_DECLS
/*@ functions mount umount umount2 */
__END_DECLS
#endif
