/* grp.h: POSIX.1. */
#ifndef _GRP_H
#define _GRP_H 1
#include <features.h>
/*@ types size_t gid_t group */
__BEGIN_DECLS
/*@ functions getgrgid getgrnam */
#if __TL_POSIX >= 199506L
/*@ functions getgrgid_r getgrnam_r */
#endif
#if __TL_XSI || __TL_MISC
/*@ functions endgrent getgrent setgrent */
#endif
#if __TL_MISC
/*@ types FILE */
/*@ functions fgetgrent fgetgrent_r getgrouplist initgroups putgrent setgroups getgrent_r */
#endif
__END_DECLS
#endif
