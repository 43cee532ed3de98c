/* pthread.h: POSIX.1. */
#ifndef _PTHREAD_H
#define _PTHREAD_H 1
#include <features.h>
#include <sched.h>
#include <time.h>
/*@ types pthread_t pthread_key_t pthread_once_t pthread_spinlock_t pthread_attr_t
pthread_mutexattr_t pthread_condattr_t pthread_mutex_t pthread_cond_t pthread_rwlock_t
pthread_rwlockattr_t pthread_barrier_t pthread_barrierattr_t */
#define PTHREAD_CREATE_JOINABLE 0
#define PTHREAD_CREATE_DETACHED 1
#if __TL_XSI || __TL_MISC || __TL_POSIX >= 200809L
#define PTHREAD_MUTEX_NORMAL 0
#define PTHREAD_MUTEX_RECURSIVE 1
#define PTHREAD_MUTEX_ERRORCHECK 2
#define PTHREAD_MUTEX_DEFAULT PTHREAD_MUTEX_NORMAL
#endif
#define PTHREAD_MUTEX_STALLED 0
#define PTHREAD_MUTEX_ROBUST 1
#define PTHREAD_PRIO_NONE 0
#define PTHREAD_PRIO_INHERIT 1
#define PTHREAD_PRIO_PROTECT 2
#define PTHREAD_INHERIT_SCHED 0
#define PTHREAD_EXPLICIT_SCHED 1
#define PTHREAD_SCOPE_SYSTEM 0
#define PTHREAD_SCOPE_PROCESS 1
#define PTHREAD_PROCESS_PRIVATE 0
#define PTHREAD_PROCESS_SHARED 1
#define PTHREAD_CANCEL_ENABLE 0
#define PTHREAD_CANCEL_DISABLE 1
#define PTHREAD_CANCEL_DEFERRED 0
#define PTHREAD_CANCEL_ASYNCHRONOUS 1
#define PTHREAD_CANCELED ((void *)-1)
#define PTHREAD_BARRIER_SERIAL_THREAD (-1)
#define PTHREAD_ONCE_INIT 0
#define PTHREAD_MUTEX_INITIALIZER {{0}}
#define PTHREAD_COND_INITIALIZER {{0}}
#define PTHREAD_RWLOCK_INITIALIZER {{0}}
#if __TL_XSI || __TL_MISC || __TL_POSIX >= 200112L
#define PTHREAD_RWLOCK_PREFER_READER_NP 0
#define PTHREAD_RWLOCK_PREFER_WRITER_NP 1
#define PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP 2
#define PTHREAD_RWLOCK_DEFAULT_NP PTHREAD_RWLOCK_PREFER_READER_NP
#endif
#if __TL_GNU
#define PTHREAD_MUTEX_TIMED_NP 0
#define PTHREAD_MUTEX_RECURSIVE_NP 1
#define PTHREAD_MUTEX_ERRORCHECK_NP 2
#define PTHREAD_MUTEX_ADAPTIVE_NP 3
#define PTHREAD_MUTEX_FAST_NP 0
#define PTHREAD_MUTEX_STALLED_NP 0
#define PTHREAD_MUTEX_ROBUST_NP 1
#define PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP {{0, 0, 0, 0, PTHREAD_MUTEX_RECURSIVE_NP}}
#define PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP {{0, 0, 0, 0, PTHREAD_MUTEX_ERRORCHECK_NP}}
#define PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP {{0, 0, 0, 0, PTHREAD_MUTEX_ADAPTIVE_NP}}
#define PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP \
  {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP}}
#endif
__BEGIN_DECLS
/*@ functions pthread_atfork pthread_attr_destroy pthread_attr_getdetachstate
pthread_attr_getguardsize pthread_attr_getinheritsched pthread_attr_getschedparam
pthread_attr_getschedpolicy pthread_attr_getscope pthread_attr_getstack
pthread_attr_getstacksize pthread_attr_init pthread_attr_setdetachstate pthread_attr_setguardsize
pthread_attr_setinheritsched pthread_attr_setschedparam pthread_attr_setschedpolicy
pthread_attr_setscope pthread_attr_setstack pthread_attr_setstacksize
pthread_barrier_destroy pthread_barrier_init pthread_barrier_wait pthread_barrierattr_destroy
pthread_barrierattr_getpshared pthread_barrierattr_init pthread_barrierattr_setpshared
pthread_cancel pthread_cond_broadcast pthread_cond_destroy pthread_cond_init pthread_cond_signal
pthread_cond_timedwait pthread_cond_wait pthread_condattr_destroy
pthread_condattr_getclock pthread_condattr_getpshared pthread_condattr_init
pthread_condattr_setclock pthread_condattr_setpshared pthread_create pthread_detach pthread_equal
pthread_exit pthread_getcpuclockid pthread_getschedparam pthread_getspecific
pthread_join pthread_key_create pthread_key_delete pthread_mutex_destroy
pthread_mutex_getprioceiling pthread_mutex_init pthread_mutex_lock pthread_mutex_setprioceiling
pthread_mutex_timedlock pthread_mutex_trylock pthread_mutex_unlock
pthread_mutexattr_destroy pthread_mutexattr_getprioceiling pthread_mutexattr_getprotocol
pthread_mutexattr_getpshared pthread_mutexattr_getrobust 
pthread_mutexattr_init pthread_mutexattr_setprioceiling pthread_mutexattr_setprotocol
pthread_mutexattr_setpshared pthread_mutexattr_setrobust pthread_once
pthread_rwlock_destroy pthread_rwlock_init pthread_rwlock_rdlock pthread_rwlock_timedrdlock
pthread_rwlock_timedwrlock
pthread_rwlock_tryrdlock pthread_rwlock_trywrlock pthread_rwlock_unlock pthread_rwlock_wrlock
pthread_rwlockattr_destroy pthread_rwlockattr_getpshared pthread_rwlockattr_init
pthread_rwlockattr_setpshared pthread_self pthread_setcancelstate pthread_setcanceltype
pthread_setschedparam pthread_setschedprio pthread_setspecific
pthread_spin_destroy pthread_spin_init pthread_spin_lock pthread_spin_trylock pthread_spin_unlock
pthread_testcancel */
#define pthread_cleanup_push(routine, argument) \
  do { \
    struct __tl_cleanup __cleanup; \
    __tl_cleanup_push(&__cleanup, (routine), (argument));
#define pthread_cleanup_pop(execute) \
    __tl_cleanup_pop(&__cleanup, (execute)); \
  } while (0)
struct __tl_cleanup {
  void (*__routine)(void *);
  void *__argument;
  int __canceltype;
  struct __tl_cleanup *__previous;
};
void __tl_cleanup_push(struct __tl_cleanup *, void (*)(void *), void *) __asm__("_pthread_cleanup_push");
void __tl_cleanup_pop(struct __tl_cleanup *, int) __asm__("_pthread_cleanup_pop");
#if __TL_GNU
/*@ types sigset_t */
#define PTHREAD_ATTR_NO_SIGMASK_NP (-1)
/*@ functions pthread_getattr_np pthread_setname_np pthread_getname_np pthread_getaffinity_np
pthread_setaffinity_np pthread_attr_getaffinity_np pthread_attr_setaffinity_np
pthread_attr_getsigmask_np pthread_attr_setsigmask_np pthread_attr_getstackaddr
pthread_attr_setstackaddr pthread_getattr_default_np pthread_setattr_default_np
pthread_tryjoin_np pthread_timedjoin_np pthread_clockjoin_np
pthread_mutexattr_setkind_np pthread_mutexattr_getkind_np */
int pthread_mutexattr_setrobust_np(pthread_mutexattr_t *__attributes, int __robustness);
int pthread_mutexattr_getrobust_np(pthread_mutexattr_t *__attributes, int *__robustness);
int pthread_mutex_consistent_np(pthread_mutex_t *__mutex);
int pthread_yield(void) __asm__("sched_yield");
#endif
#if __TL_XSI || __TL_MISC || __TL_POSIX >= 200112L
/*@ functions pthread_rwlockattr_getkind_np pthread_rwlockattr_setkind_np */
#endif
#if __TL_XSI || __TL_MISC || __TL_POSIX >= 200809L
/*@ functions pthread_mutexattr_gettype pthread_mutexattr_settype */
#endif
#if __TL_MISC || __TL_POSIX >= 200809L
/*@ functions pthread_mutex_consistent */
#endif
#if __TL_XSI || __TL_MISC
/*@ functions pthread_getconcurrency pthread_setconcurrency */
#endif
#if __TL_POSIX >= 202405L || __TL_MISC
/*@ functions pthread_cond_clockwait pthread_mutex_clocklock pthread_rwlock_clockrdlock
pthread_rwlock_clockwrlock */
#endif
__END_DECLS
#endif
