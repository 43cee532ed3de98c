/* utmp.h: login records. */
#ifndef _UTMP_H
#define _UTMP_H 1
#include <features.h>
#define UTMP_FILE "/var/run/utmp"
#define WTMP_FILE "/var/log/wtmp"
__BEGIN_DECLS
/*@ functions login_tty */
__END_DECLS
#endif
