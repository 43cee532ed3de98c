/* ucontext.h: the saved state of a thread. */
#ifndef _UCONTEXT_H
#define _UCONTEXT_H 1
#include <features.h>
#include <signal.h>
/*@ types ucontext_t */
__BEGIN_DECLS
/*@ functions getcontext setcontext makecontext/3 swapcontext */
__END_DECLS
#endif
