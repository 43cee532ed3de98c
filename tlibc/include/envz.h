/* envz.h: vectors of variables in one block. GNU. */
#ifndef _ENVZ_H
#define _ENVZ_H 1
#include <argz.h>
__BEGIN_DECLS
/*@ functions envz_add envz_entry envz_get envz_merge envz_remove envz_strip */
__END_DECLS
#endif
