/* sys/sysmacros.h: device numbers. */
#ifndef _SYS_SYSMACROS_H
#define _SYS_SYSMACROS_H 1
#include <features.h>
/*@ types dev_t */
__BEGIN_DECLS
/*@ functions gnu_dev_major gnu_dev_minor gnu_dev_makedev */
__END_DECLS
#define major(device) \
  ((unsigned int)((((device) >> 8) & 0xfffUL) | (((device) >> 32) & 0xfffff000UL)))
#define minor(device) ((unsigned int)(((device) & 0xffUL) | (((device) >> 12) & 0xffffff00UL)))
#define makedev(major, minor) \
  ((dev_t)((((major) & 0xfffff000UL) << 32) | (((major) & 0xfffUL) << 8) \
           | (((minor) & 0xffffff00UL) << 12) | ((minor) & 0xffUL)))
#endif
