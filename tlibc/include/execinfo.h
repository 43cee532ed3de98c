/* execinfo.h: call stacks. GNU. */
#ifndef _EXECINFO_H
#define _EXECINFO_H 1
#include <features.h>
__BEGIN_DECLS
int backtrace(void **, int);
char **backtrace_symbols(void *const *, int) __attribute__((__nothrow__));
void backtrace_symbols_fd(void *const *, int, int) __attribute__((__nothrow__));
__END_DECLS
#endif
