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
#if __TL_MISC
#define SHM_STAT 13
#define SHM_INFO 14
#define SHM_STAT_ANY 15
#define SHM_DEST 0x200
#define SHM_LOCKED 0x400
struct shminfo {
  unsigned long shmmax;
  unsigned long shmmin;
  unsigned long shmmni;
  unsigned long shmseg;
  unsigned long shmall;
  unsigned long __unused1[4];
};
struct shm_info {
  int used_ids;
  unsigned long shm_tot;
  unsigned long shm_rss;
  unsigned long shm_swp;
  unsigned long swap_attempts;
  unsigned long swap_successes;
};
#endif
__BEGIN_DECLS
/*@ functions shmget shmat shmdt shmctl */
__END_DECLS
#endif
