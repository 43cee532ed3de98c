/* string.h: ISO C 7.24, POSIX.1, GNU extensions. */
#ifndef _STRING_H
#define _STRING_H 1
#include <features.h>
/*@ types size_t NULL */
__BEGIN_DECLS
/*@ functions
memchr memcmp memcpy memmove memset strcat strchr strcmp strcoll strcpy strcspn strerror strlen
strncat strncmp strncpy strpbrk strrchr strspn strstr strtok strxfrm */
#if __TL_POSIX
/*@ functions strtok_r */
#endif
#if __TL_XSI || __TL_MISC || __TL_POSIX >= 200809L
/*@ functions strdup */
#endif
#if __TL_POSIX >= 200809L || __TL_MISC
/*@ functions stpcpy stpncpy strndup strnlen strsignal strcoll_l strxfrm_l strerror_l */
#endif
#if __TL_XSI || __TL_MISC
/*@ functions memccpy */
#endif
/* POSIX's form also with _GNU_SOURCE: programs expect GNU's where __GLIBC__ is defined only. The linker knows GNU's as
   strerror_r, as glibc's does. */
#if __TL_POSIX >= 200112L || __TL_GNU
/*@ functions __xpg_strerror_r */
#ifdef __GNUC__
extern int strerror_r(int __errnum, char *__buf, size_t __n) __asm__("__xpg_strerror_r");
#else
#define strerror_r __xpg_strerror_r
#endif
#endif
#if __TL_MISC || __TL_POSIX >= 202405L
/*@ functions memmem strlcpy strlcat */
#endif
#if __TL_MISC
/*@ functions strsep explicit_bzero */
#include <strings.h>
#endif
#if __TL_GNU
/*@ functions memrchr rawmemchr mempcpy strchrnul strcasestr strverscmp memfrob strfry
sigabbrev_np sigdescr_np strerrorname_np strerrordesc_np */
#ifndef basename
/*@ functions basename */
#endif
#ifdef __cplusplus
#else
#define strdupa(s) \
  (__extension__({ const char *__s = (s); char *__d = (char *)__builtin_alloca(strlen(__s) + 1); strcpy(__d, __s); }))
#define strndupa(s, n) \
  (__extension__({ const char *__s = (s); size_t __l = strnlen(__s, (n)); \
    char *__d = (char *)__builtin_alloca(__l + 1); __d[__l] = 0; (char *)memcpy(__d, __s, __l); }))
#endif
#endif
__END_DECLS
#endif
