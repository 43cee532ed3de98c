/* error.h: GNU diagnostics. */
#ifndef _ERROR_H
#define _ERROR_H 1
#include <features.h>
__BEGIN_DECLS
/*@ functions error error_at_line error_message_count error_one_per_line */
extern void (*error_print_progname)(void);
__END_DECLS
#endif
