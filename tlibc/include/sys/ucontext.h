/* sys/ucontext.h: older place of ucontext.h. */
#ifndef _SYS_UCONTEXT_H
#define _SYS_UCONTEXT_H 1
#include <features.h>
#include <ucontext.h>

#endif
