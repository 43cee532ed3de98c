/* stdlib.h: ISO C 7.22, POSIX.1. */
#ifndef _STDLIB_H
#define _STDLIB_H 1
#include <features.h>
/*@ types size_t wchar_t NULL div_t ldiv_t */
#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
#define RAND_MAX 2147483647
__BEGIN_DECLS
/*@ functions __ctype_get_mb_cur_max */
#define MB_CUR_MAX (__ctype_get_mb_cur_max())
/*@ functions abort abs atexit atof atoi atol bsearch calloc div exit free getenv labs ldiv malloc
mblen mbstowcs mbtowc qsort rand realloc srand strtod strtol strtoul system wcstombs wctomb */
#if __TL_C99
/*@ types lldiv_t */
/*@ functions _Exit llabs lldiv strtof strtold */
long long atoll(const char *__s);
long long strtoll(const char *__s, char **__end, int __base);
unsigned long long strtoull(const char *__s, char **__end, int __base);
#endif
#if __TL_C11
/*@ functions aligned_alloc at_quick_exit quick_exit */
#endif
#if __TL_POSIX
/*@ functions rand_r setenv unsetenv posix_memalign */
#endif
#if __TL_POSIX >= 200809L
/*@ functions mkstemp mkdtemp getsubopt */
#endif
#if __TL_POSIX >= 202405L || __TL_MISC
/*@ functions reallocarray qsort_r secure_getenv mkostemp */
#endif
#if __TL_GNU || (defined __STDC_VERSION__ && __STDC_VERSION__ > 201710L)
/*@ functions strfromd strfromf strfroml */
#endif
#if __TL_XSI || __TL_MISC
/*@ functions a64l l64a drand48 erand48 jrand48 lcong48 lrand48 mrand48 nrand48 seed48 srand48
initstate random setstate srandom putenv realpath grantpt posix_openpt ptsname unlockpt */
#endif
#if __TL_MISC || (__TL_XSI && __TL_XSI < 700)
/*@ functions ecvt fcvt gcvt mktemp */
#endif
#if __TL_XSI || __TL_MISC || __TL_POSIX >= 200809L
#define WNOHANG 1
#define WUNTRACED 2
#define WEXITSTATUS(status) (((status) & 0xff00) >> 8)
#define WTERMSIG(status) ((status) & 0x7f)
#define WSTOPSIG(status) WEXITSTATUS(status)
#define WIFEXITED(status) (WTERMSIG(status) == 0)
#define WIFSIGNALED(status) (((signed char)(((status) & 0x7f) + 1) >> 1) > 0)
#define WIFSTOPPED(status) (((status) & 0xff) == 0x7f)
#endif
#if __TL_MISC
/*@ types random_data drand48_data */
/*@ functions clearenv mkstemps mkostemps getloadavg valloc arc4random arc4random_buf
arc4random_uniform random_r srandom_r initstate_r setstate_r drand48_r erand48_r lrand48_r nrand48_r
mrand48_r jrand48_r srand48_r seed48_r lcong48_r on_exit */
/*@ functions ecvt_r fcvt_r rpmatch */
char *qecvt(long double __number, int __count, int *__point, int *__negative);
char *qfcvt(long double __number, int __count, int *__point, int *__negative);
char *qgcvt(long double __number, int __count, char *__buffer);
int qecvt_r(long double __number, int __count, int *__point, int *__negative, char *__buffer, size_t __size);
int qfcvt_r(long double __number, int __count, int *__point, int *__negative, char *__buffer, size_t __size);
long long strtoq(const char *__s, char **__end, int __base);
unsigned long long strtouq(const char *__s, char **__end, int __base);
#include <alloca.h>
#include <sys/types.h>
#endif
#if __TL_GNU
/*@ types locale_t */
typedef int (*__compar_fn_t)(const void *, const void *);
typedef __compar_fn_t comparison_fn_t;
typedef int (*__compar_d_fn_t)(const void *, const void *, void *);
/*@ functions canonicalize_file_name getpt ptsname_r */
double strtod_l(const char *__s, char **__end, locale_t __locale);
float strtof_l(const char *__s, char **__end, locale_t __locale);
long double strtold_l(const char *__s, char **__end, locale_t __locale);
long strtol_l(const char *__s, char **__end, int __base, locale_t __locale);
unsigned long strtoul_l(const char *__s, char **__end, int __base, locale_t __locale);
long long strtoll_l(const char *__s, char **__end, int __base, locale_t __locale);
unsigned long long strtoull_l(const char *__s, char **__end, int __base, locale_t __locale);
#endif
#if __TL_GNU || defined _LARGEFILE64_SOURCE
/*@ functions mkstemp64 mkostemp64 mkstemps64 mkostemps64 */
#endif
#if __TL_C23
long strtol(const char *__s, char **__end, int __base) __TL_BINARY(strtol);
unsigned long strtoul(const char *__s, char **__end, int __base) __TL_BINARY(strtoul);
#if __TL_C99
long long strtoll(const char *__s, char **__end, int __base) __TL_BINARY(strtoll);
unsigned long long strtoull(const char *__s, char **__end, int __base) __TL_BINARY(strtoull);
#endif
#if __TL_MISC
long long strtoq(const char *__s, char **__end, int __base) __TL_BINARY(strtoll);
unsigned long long strtouq(const char *__s, char **__end, int __base) __TL_BINARY(strtoull);
#endif
#if __TL_GNU
long strtol_l(const char *__s, char **__end, int __base, locale_t __locale) __TL_BINARY(strtol_l);
unsigned long strtoul_l(const char *__s, char **__end, int __base, locale_t __locale) __TL_BINARY(strtoul_l);
long long strtoll_l(const char *__s, char **__end, int __base, locale_t __locale) __TL_BINARY(strtoll_l);
unsigned long long strtoull_l(const char *__s, char **__end, int __base, locale_t __locale) __TL_BINARY(strtoull_l);
#endif
#endif
#if defined __GNUC__ && !defined __cplusplus && defined __OPTIMIZE__
/* Where the comparison is known it becomes part of the loop. */
extern __inline __attribute__((__gnu_inline__)) void *
bsearch(const void *__key, const void *__base, size_t __count, size_t __width,
        int (*__compare)(const void *, const void *))
{
  size_t __low = 0;
  while (__low < __count) {
    size_t __middle = __low + (__count - __low) / 2;
    const char *__element = (const char *)__base + __middle * __width;
    int __order = __compare(__key, __element);
    if (__order == 0)
      return (void *)__element;
    if (__order < 0)
      __count = __middle;
    else
      __low = __middle + 1;
  }
  return NULL;
}
#endif
__END_DECLS
#endif
