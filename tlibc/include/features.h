/* Feature-test macros: what the program asks for, turned into the switches that the headers use.
   __TL_POSIX  edition of POSIX.1 (0 = ISO C only)     __TL_XSI   X/Open issue (0 = none)
   __TL_MISC   BSD and System V names (the default)    __TL_GNU   everything
   __TL_C99, __TL_C11, __TL_C23  the ISO C editions. */
#ifndef _FEATURES_H
#define _FEATURES_H 1

#if defined _BSD_SOURCE || defined _SVID_SOURCE
#undef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE 1
#endif

#ifdef _GNU_SOURCE
#define __TL_GNU 1
#undef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE 1
#undef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#undef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700
#else
#define __TL_GNU 0
#endif

#if defined _DEFAULT_SOURCE \
    || (!defined __STRICT_ANSI__ && !defined _POSIX_SOURCE && !defined _POSIX_C_SOURCE \
        && !defined _XOPEN_SOURCE && !defined _ISOC99_SOURCE && !defined _ISOC11_SOURCE)
#define __TL_MISC 1
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE 1
#endif
#else
#define __TL_MISC 0
#endif

#if defined _XOPEN_SOURCE
#if (_XOPEN_SOURCE - 0) >= 800
#define __TL_XSI 800
#define __TL_POSIX 202405L
#elif (_XOPEN_SOURCE - 0) >= 700
#define __TL_XSI 700
#define __TL_POSIX 200809L
#elif (_XOPEN_SOURCE - 0) >= 600
#define __TL_XSI 600
#define __TL_POSIX 200112L
#else
#define __TL_XSI 500
#define __TL_POSIX 199506L
#endif
#else
#define __TL_XSI 0
#if defined _POSIX_C_SOURCE && (_POSIX_C_SOURCE - 0) > 2
#define __TL_POSIX _POSIX_C_SOURCE
#elif __TL_MISC
#define __TL_POSIX 200809L
#elif defined _POSIX_SOURCE || defined _POSIX_C_SOURCE
#define __TL_POSIX 199009L
#else
#define __TL_POSIX 0
#endif
#endif

/* Members that are no name of the standard's: the program may have a macro of that name. */
#if __TL_MISC
#define __TL_NAME(name) name
#else
#define __TL_NAME(name) __##name
#endif

#if __TL_MISC && !defined _POSIX_C_SOURCE && !defined _POSIX_SOURCE && !defined _XOPEN_SOURCE
#define _POSIX_SOURCE 1
#define _POSIX_C_SOURCE 200809L
#endif

#if __TL_POSIX || __TL_MISC || (defined __STDC_VERSION__ && __STDC_VERSION__ >= 199901L) \
    || defined _ISOC99_SOURCE || (defined __cplusplus && __cplusplus >= 201103L)
#define __TL_C99 1
#else
#define __TL_C99 0
#endif

#if __TL_MISC || (defined __STDC_VERSION__ && __STDC_VERSION__ >= 201112L) \
    || defined _ISOC11_SOURCE || (defined __cplusplus && __cplusplus >= 201703L)
#define __TL_C11 1
#else
#define __TL_C11 0
#endif

#if __TL_GNU || (defined __STDC_VERSION__ && __STDC_VERSION__ > 201710L) \
    || defined _ISOC2X_SOURCE || defined _ISOC23_SOURCE
#define __TL_C23 1
#else
#define __TL_C23 0
#endif

#ifdef __cplusplus
#define __BEGIN_DECLS extern "C" {
#define __END_DECLS }
#else
#define __BEGIN_DECLS
#define __END_DECLS
#endif

#ifdef __cplusplus
#define __restrict_arr
#elif defined __STDC_VERSION__ && __STDC_VERSION__ >= 199901L
#define __restrict_arr restrict
#else
#define __restrict_arr
#endif

/* The link name of a function that takes binary numbers (0b1) in C23, and not in earlier editions. */
#define __TL_BINARY(name) __asm__("__isoc23_" #name)

#define __TLIBC__ 1

#endif
