/* sys/utsname.h: POSIX.1. */
#ifndef _SYS_UTSNAME_H
#define _SYS_UTSNAME_H 1
#include <features.h>
#if __TL_GNU
/*@ types utsname */
#else
struct utsname {
  char sysname[65];
  char nodename[65];
  char release[65];
  char version[65];
  char machine[65];
  char __domainname[65];
};
#define __tl_have_utsname 1
#endif
#if __TL_MISC
#define SYS_NMLN 65
#endif
__BEGIN_DECLS
/*@ functions uname */
__END_DECLS
#endif
