/* The error numbers of Linux (generic ABI). */
#ifndef _BITS_ERRNO_NUMBERS_H
#define _BITS_ERRNO_NUMBERS_H 1
#endif
