/* sys/fcntl.h: older place of fcntl.h. */
#ifndef _SYS_FCNTL_H
#define _SYS_FCNTL_H 1
#include <features.h>
#include <fcntl.h>

#endif
