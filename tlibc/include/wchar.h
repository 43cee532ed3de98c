/* wchar.h: ISO C 7.29, POSIX.1. */
#ifndef _WCHAR_H
#define _WCHAR_H 1
#include <features.h>
/*@ types size_t wchar_t NULL wint_t mbstate_t */
#ifndef WEOF
#define WEOF (0xffffffffu)
#endif
#ifndef WCHAR_MIN
#define WCHAR_MIN (-2147483647 - 1)
#define WCHAR_MAX 2147483647
#endif
__BEGIN_DECLS
struct tm;
/*@ types FILE */
/*@ functions -tm btowc fgetwc fgetws fputwc fputws fwide fwprintf fwscanf getwc getwchar mbrlen mbrtowc
mbsinit mbsrtowcs putwc putwchar swprintf swscanf ungetwc vfwprintf vswprintf vwprintf wcrtomb
wcscat wcschr wcscmp wcscoll wcscpy wcscspn wcsftime wcslen wcsncat wcsncmp wcsncpy wcspbrk wcsrchr
wcsrtombs wcsspn wcsstr wcstod wcstok wcstol wcstoul wcsxfrm wctob wmemchr wmemcmp wmemcpy wmemmove
wmemset wprintf wscanf */
#if __TL_C99
/*@ functions vfwscanf vswscanf vwscanf wcstof wcstold */
long long wcstoll(const wchar_t *__s, wchar_t **__end, int __base);
unsigned long long wcstoull(const wchar_t *__s, wchar_t **__end, int __base);
#endif
#if __TL_POSIX >= 200809L
/*@ types locale_t */
/*@ functions mbsnrtowcs wcsnrtombs open_wmemstream wcpcpy wcpncpy wcsdup wcscasecmp wcsncasecmp
wcsnlen wcscoll_l wcsxfrm_l wcscasecmp_l wcsncasecmp_l */
#endif
#if __TL_XSI || __TL_MISC
/*@ types wctype_t */
/*@ functions wcwidth wcswidth iswalnum iswalpha iswcntrl iswctype iswdigit iswgraph iswlower iswprint
iswpunct iswspace iswupper iswxdigit towlower towupper wctype */
#endif
#if __TL_MISC || __TL_POSIX >= 202405L
/*@ functions wcslcpy wcslcat */
#endif
#if __TL_GNU
/*@ types tm */
/*@ functions wcsftime_l wmempcpy wcschrnul fgetwc_unlocked fputwc_unlocked getwc_unlocked putwc_unlocked
getwchar_unlocked putwchar_unlocked fgetws_unlocked fputws_unlocked */
double wcstod_l(const wchar_t *__s, wchar_t **__end, locale_t __locale);
float wcstof_l(const wchar_t *__s, wchar_t **__end, locale_t __locale);
long double wcstold_l(const wchar_t *__s, wchar_t **__end, locale_t __locale);
long wcstol_l(const wchar_t *__s, wchar_t **__end, int __base, locale_t __locale);
unsigned long wcstoul_l(const wchar_t *__s, wchar_t **__end, int __base, locale_t __locale);
long long wcstoll_l(const wchar_t *__s, wchar_t **__end, int __base, locale_t __locale);
unsigned long long wcstoull_l(const wchar_t *__s, wchar_t **__end, int __base, locale_t __locale);
unsigned long long wcstouq(const wchar_t *__s, wchar_t **__end, int __base);
long long wcstoq(const wchar_t *__s, wchar_t **__end, int __base);
#endif
#if __TL_C23
int fwscanf(FILE *__file, const wchar_t *__fmt, ...) __TL_BINARY(fwscanf);
int wscanf(const wchar_t *__fmt, ...) __TL_BINARY(wscanf);
int swscanf(const wchar_t *__s, const wchar_t *__fmt, ...) __TL_BINARY(swscanf);
#if __TL_C99
int vfwscanf(FILE *__file, const wchar_t *__fmt, __builtin_va_list __ap) __TL_BINARY(vfwscanf);
int vwscanf(const wchar_t *__fmt, __builtin_va_list __ap) __TL_BINARY(vwscanf);
int vswscanf(const wchar_t *__s, const wchar_t *__fmt, __builtin_va_list __ap) __TL_BINARY(vswscanf);
#endif
#endif
#if __TL_C23
long wcstol(const wchar_t *__s, wchar_t **__end, int __base) __TL_BINARY(wcstol);
unsigned long wcstoul(const wchar_t *__s, wchar_t **__end, int __base) __TL_BINARY(wcstoul);
#if __TL_C99
long long wcstoll(const wchar_t *__s, wchar_t **__end, int __base) __TL_BINARY(wcstoll);
unsigned long long wcstoull(const wchar_t *__s, wchar_t **__end, int __base) __TL_BINARY(wcstoull);
#endif
#if __TL_GNU
long long wcstoq(const wchar_t *__s, wchar_t **__end, int __base) __TL_BINARY(wcstoll);
unsigned long long wcstouq(const wchar_t *__s, wchar_t **__end, int __base) __TL_BINARY(wcstoull);
long wcstol_l(const wchar_t *__s, wchar_t **__end, int __base, locale_t __locale) __TL_BINARY(wcstol_l);
unsigned long wcstoul_l(const wchar_t *__s, wchar_t **__end, int __base, locale_t __locale) __TL_BINARY(wcstoul_l);
long long wcstoll_l(const wchar_t *__s, wchar_t **__end, int __base, locale_t __locale) __TL_BINARY(wcstoll_l);
unsigned long long wcstoull_l(const wchar_t *__s, wchar_t **__end, int __base, locale_t __locale) __TL_BINARY(wcstoull_l);
#endif
#endif
__END_DECLS
#endif
