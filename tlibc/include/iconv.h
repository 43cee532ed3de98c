/* iconv.h: POSIX.1. */
#ifndef _ICONV_H
#define _ICONV_H 1
#include <features.h>
/*@ types size_t */
typedef void *iconv_t;
__BEGIN_DECLS
/*@ functions iconv iconv_close iconv_open */
__END_DECLS
#endif
