/* argz.h: vectors of strings in one block. GNU. */
#ifndef _ARGZ_H
#define _ARGZ_H 1
#include <features.h>
#include <errno.h>
/*@ types size_t */
#ifndef __have_error_t
#define __have_error_t 1
typedef int error_t;
#endif
__BEGIN_DECLS
/*@ functions argz_add argz_add_sep argz_append argz_count argz_create argz_create_sep argz_delete argz_extract argz_insert argz_next
argz_replace argz_stringify */
__END_DECLS
#endif
