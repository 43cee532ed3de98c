/* netinet/in_systm.h: the types of headers on the wire. */
#ifndef _NETINET_IN_SYSTM_H
#define _NETINET_IN_SYSTM_H 1
#include <features.h>
/*@ types uint16_t uint32_t */
typedef uint16_t n_short;
typedef uint32_t n_long;
typedef uint32_t n_time;
#endif
