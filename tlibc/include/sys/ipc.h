/* sys/ipc.h: POSIX.1 XSI. */
#ifndef _SYS_IPC_H
#define _SYS_IPC_H 1
#include <features.h>
/*@ types uid_t gid_t mode_t key_t ipc_perm */
#define IPC_CREAT 01000
#define IPC_EXCL 02000
#define IPC_NOWAIT 04000
#define IPC_RMID 0
#define IPC_SET 1
#define IPC_STAT 2
#define IPC_INFO 3
#define IPC_PRIVATE ((key_t)0)
__BEGIN_DECLS
/*@ functions ftok */
__END_DECLS
#endif
