/* sys/shm.h: POSIX.1 XSI. */
#ifndef _SYS_SHM_H
#define _SYS_SHM_H 1
#include <features.h>
#include <sys/ipc.h>
/*@ types size_t pid_t time_t shmid_ds */
typedef unsigned long shmatt_t;
#define SHM_R 0400
#define SHM_W 0200
#define SHM_RDONLY 010000
#define SHM_RND 020000
#define SHM_REMAP 040000
#define SHM_EXEC 0100000
#define SHM_LOCK 11
#define SHM_UNLOCK 12
#define SHM_HUGETLB 04000
#define SHM_NORESERVE 010000
#define SHMLBA 4096
__BEGIN_DECLS
/*@ functions shmget shmat shmdt shmctl */
__END_DECLS
#endif
