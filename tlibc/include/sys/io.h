/* sys/io.h: input and output by ports. iopl(2), ioperm(2), outb(2). */
#ifndef _SYS_IO_H
#define _SYS_IO_H 1
#include <features.h>
__BEGIN_DECLS
/*@ functions ioperm iopl */
/* NAME reads, and NAME_p pauses then; the forms with an `s` read and write arrays. */
#define __TL_PORT(suffix, type) \
  static __inline type in##suffix(unsigned short __port) { \
    type __value; \
    __asm__ __volatile__("in" #suffix " %1, %0" : "=a"(__value) : "Nd"(__port)); \
    return __value; \
  } \
  static __inline type in##suffix##_p(unsigned short __port) { \
    type __value = in##suffix(__port); \
    __asm__ __volatile__("outb %%al, $0x80" : :); \
    return __value; \
  } \
  static __inline void out##suffix(type __value, unsigned short __port) { \
    __asm__ __volatile__("out" #suffix " %0, %1" : : "a"(__value), "Nd"(__port)); \
  } \
  static __inline void out##suffix##_p(type __value, unsigned short __port) { \
    out##suffix(__value, __port); \
    __asm__ __volatile__("outb %%al, $0x80" : :); \
  } \
  static __inline void ins##suffix(unsigned short __port, void *__to, unsigned long __count) { \
    __asm__ __volatile__("cld; rep; ins" #suffix : "+D"(__to), "+c"(__count) : "d"(__port) : "memory"); \
  } \
  static __inline void outs##suffix(unsigned short __port, const void *__from, unsigned long __count) { \
    __asm__ __volatile__("cld; rep; outs" #suffix : "+S"(__from), "+c"(__count) : "d"(__port) : "memory"); \
  }
__TL_PORT(b, unsigned char)
__TL_PORT(w, unsigned short)
__TL_PORT(l, unsigned int)
#undef __TL_PORT
__END_DECLS
#endif
