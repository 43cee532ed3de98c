/* shadow.h: passwords and their ages. */
#ifndef _SHADOW_H
#define _SHADOW_H 1
#include <features.h>
#include <paths.h>
/*@ types size_t FILE spwd */
#define SHADOW "/etc/shadow"
__BEGIN_DECLS
/*@ functions endspent fgetspent fgetspent_r getspent getspent_r getspnam getspnam_r lckpwdf putspent setspent sgetspent sgetspent_r
ulckpwdf */
__END_DECLS
#endif
