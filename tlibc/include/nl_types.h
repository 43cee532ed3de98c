/* nl_types.h: message catalogues. POSIX.1. */
#ifndef _NL_TYPES_H
#define _NL_TYPES_H 1
#include <features.h>
typedef void *nl_catd;
/*@ types nl_item */
#define NL_SETD 1
#define NL_CAT_LOCALE 1
__BEGIN_DECLS
/*@ functions catopen catgets catclose */
__END_DECLS
#endif
