/* sys/signalfd.h: signals of Linux as a descriptor. */
#ifndef _SYS_SIGNALFD_H
#define _SYS_SIGNALFD_H 1
#include <features.h>
/*@ types sigset_t signalfd_siginfo */
#define SFD_CLOEXEC 02000000
#define SFD_NONBLOCK 04000
__BEGIN_DECLS
/*@ functions signalfd */
__END_DECLS
#endif
