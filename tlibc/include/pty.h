/* pty.h: pseudo-terminals. */
#ifndef _PTY_H
#define _PTY_H 1
#include <features.h>
#include <termios.h>
#include <sys/ioctl.h>
__BEGIN_DECLS
/*@ functions openpty forkpty */
__END_DECLS
#endif
