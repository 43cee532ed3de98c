/* semaphore.h: POSIX.1. */
#ifndef _SEMAPHORE_H
#define _SEMAPHORE_H 1
#include <features.h>
/*@ types sem_t timespec */
#define SEM_FAILED ((sem_t *)0)
#ifndef SEM_VALUE_MAX
#define SEM_VALUE_MAX 2147483647
#endif
__BEGIN_DECLS
/*@ functions sem_close sem_destroy sem_getvalue sem_init sem_open/2 sem_post sem_timedwait
sem_trywait sem_unlink sem_wait */
#if __TL_POSIX >= 202405L || __TL_MISC
/*@ functions sem_clockwait */
#endif
__END_DECLS
#endif
