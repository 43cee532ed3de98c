/* stdio_ext.h: what a program may ask of a stream beyond stdio.h. */
#ifndef _STDIO_EXT_H
#define _STDIO_EXT_H 1
#include <features.h>
#include <stdio.h>
#define FSETLOCKING_QUERY 0
#define FSETLOCKING_INTERNAL 1
#define FSETLOCKING_BYCALLER 2
__BEGIN_DECLS
/*@ functions __fbufsize __freading __fwriting __freadable __fwritable __flbf __fpurge __fpending
_flushlbf __fsetlocking */
__END_DECLS
#endif
