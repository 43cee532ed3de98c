/* wait.h: older place of sys/wait.h. */
#ifndef _WAIT_H
#define _WAIT_H 1
#include <features.h>
#include <sys/wait.h>

#endif
