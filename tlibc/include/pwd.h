/* pwd.h: POSIX.1. */
#ifndef _PWD_H
#define _PWD_H 1
#include <features.h>
/*@ types size_t uid_t gid_t passwd */
__BEGIN_DECLS
/*@ functions getpwnam getpwuid */
#if __TL_POSIX >= 199506L
/*@ functions getpwnam_r getpwuid_r */
#endif
#if __TL_XSI || __TL_MISC
/*@ functions endpwent getpwent setpwent */
#endif
#if __TL_MISC
/*@ types FILE */
/*@ functions fgetpwent fgetpwent_r getpw getpwent_r putpwent */
#endif
__END_DECLS
#endif
