/* sys/sem.h: POSIX.1 XSI. */
#ifndef _SYS_SEM_H
#define _SYS_SEM_H 1
#include <features.h>
#include <sys/ipc.h>
/*@ types size_t pid_t time_t semid_ds sembuf */
#define SEM_UNDO 0x1000
#define GETPID 11
#define GETVAL 12
#define GETALL 13
#define GETNCNT 14
#define GETZCNT 15
#define SETVAL 16
#define SETALL 17
#if __TL_MISC
#define SEM_STAT 18
#define SEM_INFO 19
#define SEM_STAT_ANY 20
struct seminfo {
  int semmap;
  int semmni;
  int semmns;
  int semmnu;
  int semmsl;
  int semopm;
  int semume;
  int semusz;
  int semvmx;
  int semaem;
};
#endif
__BEGIN_DECLS
/*@ functions semget semop semctl/3 */
#if __TL_GNU
/*@ types timespec */
/*@ functions semtimedop */
#endif
__END_DECLS
#endif
