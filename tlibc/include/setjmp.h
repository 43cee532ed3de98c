/* setjmp.h: ISO C 7.13, POSIX.1. */
#ifndef _SETJMP_H
#define _SETJMP_H 1
#include <features.h>
/*@ types jmp_buf */
__BEGIN_DECLS
int setjmp(jmp_buf __env) __attribute__((__returns_twice__));
int _setjmp(jmp_buf __env) __attribute__((__returns_twice__));
void longjmp(jmp_buf __env, int __value) __attribute__((__noreturn__));
#define setjmp(env) _setjmp(env)
#if __TL_POSIX
typedef jmp_buf sigjmp_buf;
int __sigsetjmp(sigjmp_buf __env, int __save_mask) __attribute__((__returns_twice__));
#define sigsetjmp(env, save_mask) __sigsetjmp(env, save_mask)
void siglongjmp(sigjmp_buf __env, int __value) __attribute__((__noreturn__));
#endif
#if __TL_MISC || __TL_XSI
void _longjmp(jmp_buf __env, int __value) __attribute__((__noreturn__));
#endif
__END_DECLS
#endif
