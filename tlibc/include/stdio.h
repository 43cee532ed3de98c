/* stdio.h: ISO C 7.21, POSIX.1. */
#ifndef _STDIO_H
#define _STDIO_H 1
#include <features.h>
/*@ types size_t NULL FILE fpos_t va_list */
#define EOF (-1)
#define BUFSIZ 8192
#define FILENAME_MAX 4096
#define FOPEN_MAX 16
#define L_tmpnam 20
#define TMP_MAX 238328
#define _IOFBF 0
#define _IOLBF 1
#define _IONBF 2
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#if __TL_GNU || (__TL_XSI && __TL_XSI < 600)
#define L_cuserid 9
/*@ functions cuserid */
#endif
#if __TL_GNU
#define SEEK_DATA 3
#define SEEK_HOLE 4
#endif
__BEGIN_DECLS
extern FILE *stdin;
extern FILE *stdout;
extern FILE *stderr;
#define stdin stdin
#define stdout stdout
#define stderr stderr
/*@ functions clearerr fclose feof ferror fflush fgetc fgetpos fgets fopen fprintf fputc fputs fread
freopen fscanf fseek fsetpos ftell fwrite getc getchar perror printf putc putchar puts remove rename
rewind scanf setbuf setvbuf sprintf sscanf tmpfile tmpnam ungetc vfprintf vprintf vsprintf */
#if __TL_C99
/*@ functions snprintf vsnprintf vfscanf vscanf vsscanf */
#endif
#if !(__TL_C11 && defined __STDC_VERSION__ && __STDC_VERSION__ >= 201112L) && !defined __cplusplus
/*@ functions gets */
#endif
#if __TL_POSIX
#define L_ctermid 9
/*@ functions fdopen fileno flockfile ftrylockfile funlockfile getc_unlocked getchar_unlocked
putc_unlocked putchar_unlocked pclose popen ctermid */
#endif
#if __TL_POSIX >= 200112L || __TL_XSI >= 500
/*@ types off_t */
/*@ functions fseeko ftello */
#endif
#if __TL_POSIX >= 200809L
/*@ types ssize_t */
/*@ functions dprintf vdprintf fmemopen open_memstream getdelim getline renameat */
#endif
#if __TL_XSI || __TL_MISC
#define P_tmpdir "/tmp"
/*@ functions tempnam */
#endif
#if __TL_MISC || __TL_POSIX >= 202405L
/*@ functions asprintf vasprintf */
#endif
#if __TL_MISC
/*@ functions clearerr_unlocked feof_unlocked ferror_unlocked fileno_unlocked fflush_unlocked
fgetc_unlocked fputc_unlocked fread_unlocked fwrite_unlocked getw putw setbuffer setlinebuf
tmpnam_r */
#endif
#if __TL_GNU
#define L_cuserid 9
typedef ssize_t cookie_read_function_t(void *, char *, size_t);
typedef ssize_t cookie_write_function_t(void *, const char *, size_t);
typedef int cookie_seek_function_t(void *, off_t *, int);
typedef int cookie_close_function_t(void *);
#define RENAME_NOREPLACE 1
#define RENAME_EXCHANGE 2
#define RENAME_WHITEOUT 4
/*@ functions fcloseall fgets_unlocked fputs_unlocked fopencookie renameat2 */
#endif
#if __TL_GNU || defined _LARGEFILE64_SOURCE
#define fpos64_t fpos_t
/*@ functions fgetpos64 fsetpos64 fopen64 freopen64 fseeko64 ftello64 tmpfile64 */
#endif
#if __TL_C23
int fscanf(FILE *__file, const char *__fmt, ...) __TL_BINARY(fscanf);
int scanf(const char *__fmt, ...) __TL_BINARY(scanf);
int sscanf(const char *__s, const char *__fmt, ...) __TL_BINARY(sscanf);
#if __TL_C99
int vfscanf(FILE *__file, const char *__fmt, __builtin_va_list __ap) __TL_BINARY(vfscanf);
int vscanf(const char *__fmt, __builtin_va_list __ap) __TL_BINARY(vscanf);
int vsscanf(const char *__s, const char *__fmt, __builtin_va_list __ap) __TL_BINARY(vsscanf);
#endif
#endif
__END_DECLS
#endif
