/* resolv.h: the resolver. There is no DNS client; see netdb.h. */
#ifndef _RESOLV_H
#define _RESOLV_H 1
#include <features.h>
__BEGIN_DECLS
/*@ functions __res_init res_init */
__END_DECLS
#endif
