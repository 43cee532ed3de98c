/* spawn.h: POSIX.1. */
#ifndef _SPAWN_H
#define _SPAWN_H 1
#include <features.h>
#include <sched.h>
/*@ types mode_t pid_t sigset_t posix_spawnattr_t posix_spawn_file_actions_t */
#define POSIX_SPAWN_RESETIDS 1
#define POSIX_SPAWN_SETPGROUP 2
#define POSIX_SPAWN_SETSIGDEF 4
#define POSIX_SPAWN_SETSIGMASK 8
#define POSIX_SPAWN_SETSCHEDPARAM 16
#define POSIX_SPAWN_SETSCHEDULER 32
#if __TL_GNU || __TL_POSIX >= 202405L
#define POSIX_SPAWN_USEVFORK 64
#define POSIX_SPAWN_SETSID 128
#endif
__BEGIN_DECLS
/*@ functions posix_spawn posix_spawn_file_actions_addclose posix_spawn_file_actions_adddup2
posix_spawn_file_actions_addopen posix_spawn_file_actions_destroy posix_spawn_file_actions_init
posix_spawnattr_destroy posix_spawnattr_getflags posix_spawnattr_getpgroup
posix_spawnattr_getschedparam posix_spawnattr_getschedpolicy posix_spawnattr_getsigdefault
posix_spawnattr_getsigmask posix_spawnattr_init posix_spawnattr_setflags posix_spawnattr_setpgroup
posix_spawnattr_setschedparam posix_spawnattr_setschedpolicy posix_spawnattr_setsigdefault
posix_spawnattr_setsigmask posix_spawnp */
#if __TL_GNU || __TL_POSIX >= 202405L
/*@ functions posix_spawn_file_actions_addchdir posix_spawn_file_actions_addfchdir */
#endif
#if __TL_MISC
/*@ functions posix_spawn_file_actions_addchdir_np posix_spawn_file_actions_addfchdir_np
posix_spawn_file_actions_addclosefrom_np posix_spawn_file_actions_addtcsetpgrp_np */
#endif
__END_DECLS
#endif
