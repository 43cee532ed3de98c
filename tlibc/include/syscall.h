/* syscall.h: older place of sys/syscall.h. */
#ifndef _SYSCALL_H
#define _SYSCALL_H 1
#include <features.h>
#include <sys/syscall.h>

#endif
