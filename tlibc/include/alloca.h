/* alloca.h: memory in the frame of the caller. */
#ifndef _ALLOCA_H
#define _ALLOCA_H 1
#include <features.h>
/*@ types size_t */
#undef alloca
#define alloca(size) __builtin_alloca(size)
#endif
