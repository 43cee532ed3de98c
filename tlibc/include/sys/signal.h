/* sys/signal.h: older place of signal.h. */
#ifndef _SYS_SIGNAL_H
#define _SYS_SIGNAL_H 1
#include <features.h>
#include <signal.h>

#endif
