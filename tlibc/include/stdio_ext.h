/* stdio_ext.h: what a program may ask of a stream beyond stdio.h. */
#ifndef _STDIO_EXT_H
#define _STDIO_EXT_H 1
#include <features.h>
#include <stdio.h>
#define FSETLOCKING_QUERY 0
#define FSETLOCKING_INTERNAL 1
#define FSETLOCKING_BYCALLER 2
__BEGIN_DECLS
size_t __fbufsize(FILE *__file);
int __freading(FILE *__file);
int __fwriting(FILE *__file);
int __freadable(FILE *__file);
int __fwritable(FILE *__file);
int __flbf(FILE *__file);
size_t __fpending(FILE *__file);
size_t __freadahead(FILE *__file);
/*@ functions __fpurge _flushlbf __fsetlocking __freadptr __freadptrinc __fseterr */
__END_DECLS
#endif
