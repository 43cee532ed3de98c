/* threads.h: ISO C11 7.26. */
#ifndef _THREADS_H
#define _THREADS_H 1
#include <features.h>
#include <time.h>
/*@ types thrd_t tss_t mtx_t cnd_t once_flag thrd_start_t tss_dtor_t */
#ifndef __cplusplus
#if !defined __STDC_VERSION__ || __STDC_VERSION__ <= 201710L /* a keyword after */
#define thread_local _Thread_local
#endif
#endif
#define ONCE_FLAG_INIT {0}
#define TSS_DTOR_ITERATIONS 4
enum { thrd_success = 0, thrd_busy = 1, thrd_error = 2, thrd_nomem = 3, thrd_timedout = 4 };
enum { mtx_plain = 0, mtx_recursive = 1, mtx_timed = 2 };
__BEGIN_DECLS
/*@ functions call_once cnd_broadcast cnd_destroy cnd_init cnd_signal cnd_timedwait cnd_wait
mtx_destroy mtx_init mtx_lock mtx_timedlock mtx_trylock mtx_unlock thrd_create thrd_current
thrd_detach thrd_equal thrd_exit thrd_join thrd_sleep thrd_yield tss_create tss_delete tss_get
tss_set */
__END_DECLS
#endif
