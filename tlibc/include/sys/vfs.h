/* sys/vfs.h: older place of sys/statfs.h. */
#ifndef _SYS_VFS_H
#define _SYS_VFS_H 1
#include <features.h>
#include <sys/statfs.h>

#endif
