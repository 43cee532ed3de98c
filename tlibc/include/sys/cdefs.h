/* Spellings that BSD-born programs take from this header. */
#ifndef _SYS_CDEFS_H
#define _SYS_CDEFS_H 1
#include <features.h>
#ifndef __P
#define __P(arguments) arguments
#endif
#define __CONCAT(a, b) a##b
#define __STRING(text) #text
#ifdef __cplusplus
#define __THROW noexcept(true)
#else
#define __THROW
#endif
#define __nonnull(parameters) __attribute__((__nonnull__ parameters))
#define __glibc_clang_prereq(major, minor) 0
#endif
