/* values.h: the limits of numbers by the names of System V, which limits.h and float.h replaced. */
#ifndef _VALUES_H
#define _VALUES_H 1
#include <float.h>
#include <limits.h>
#define BITSPERBYTE CHAR_BIT
#define __VALUES_BITS(type) (sizeof(type) * CHAR_BIT)
#define CHARBITS __VALUES_BITS(char)
#define SHORTBITS __VALUES_BITS(short)
#define INTBITS __VALUES_BITS(int)
#define LONGBITS __VALUES_BITS(long)
#define PTRBITS __VALUES_BITS(char *)
#define FLOATBITS __VALUES_BITS(float)
#define DOUBLEBITS __VALUES_BITS(double)
#define MINSHORT SHRT_MIN
#define MININT INT_MIN
#define MINLONG LONG_MIN
#define MAXSHORT SHRT_MAX
#define MAXINT INT_MAX
#define MAXLONG LONG_MAX
#define HIBITS MINSHORT
#define HIBITL MINLONG
#define MINFLOAT FLT_MIN
#define MINDOUBLE DBL_MIN
/* Spelled as in math.h. */
#define MAXFLOAT 3.40282347e+38F
#define MAXDOUBLE DBL_MAX
#define FMINEXP FLT_MIN_EXP
#define FMAXEXP FLT_MAX_EXP
#define DMINEXP DBL_MIN_EXP
#define DMAXEXP DBL_MAX_EXP
#endif
