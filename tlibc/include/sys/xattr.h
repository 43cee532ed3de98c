/* sys/xattr.h: extended attributes. */
#ifndef _SYS_XATTR_H
#define _SYS_XATTR_H 1
#include <features.h>
#define XATTR_CREATE 1
#define XATTR_REPLACE 2
__BEGIN_DECLS
/*@ functions setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr
removexattr lremovexattr fremovexattr */
__END_DECLS
#endif
