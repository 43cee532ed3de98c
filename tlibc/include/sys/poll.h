/* sys/poll.h: older place of poll.h. */
#ifndef _SYS_POLL_H
#define _SYS_POLL_H 1
#include <features.h>
#include <poll.h>

#endif
