/* execinfo.h: call stacks. */
#ifndef _EXECINFO_H
#define _EXECINFO_H 1
#include <features.h>
__BEGIN_DECLS
/*@ functions backtrace backtrace_symbols backtrace_symbols_fd */
__END_DECLS
#endif
