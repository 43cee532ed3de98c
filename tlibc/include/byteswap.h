/* byteswap.h: byte swapping. */
#ifndef _BYTESWAP_H
#define _BYTESWAP_H 1
#include <features.h>
#define bswap_16(x) ((unsigned short)__builtin_bswap16(x))
#define bswap_32(x) ((unsigned int)__builtin_bswap32(x))
#define bswap_64(x) ((unsigned long)__builtin_bswap64(x))
#endif
