/* dirent.h: POSIX.1. */
#ifndef _DIRENT_H
#define _DIRENT_H 1
#include <features.h>
/*@ types ino_t off_t DIR dirent size_t */
#define d_fileno d_ino
#if __TL_MISC || __TL_POSIX >= 202405L
#define DT_UNKNOWN 0
#define DT_FIFO 1
#define DT_CHR 2
#define DT_DIR 4
#define DT_BLK 6
#define DT_REG 8
#define DT_LNK 10
#define DT_SOCK 12
#define DT_WHT 14
#endif
#if __TL_MISC
#define MAXNAMLEN 255
#define IFTODT(mode) (((mode) & 0170000) >> 12)
#define DTTOIF(type) ((type) << 12)
#define _D_EXACT_NAMLEN(d) (strlen((d)->d_name))
#define _D_ALLOC_NAMLEN(d) (_D_EXACT_NAMLEN(d) + 1)
#endif
__BEGIN_DECLS
/*@ functions closedir opendir readdir readdir_r rewinddir */
#if __TL_POSIX >= 200809L
/*@ functions alphasort dirfd fdopendir scandir */
#endif
#if __TL_XSI || __TL_MISC
/*@ functions seekdir telldir */
#endif
#if __TL_MISC
/*@ functions getdents getdents64 */
#endif
#if __TL_POSIX >= 202405L
/*@ types size_t ssize_t reclen_t */
struct posix_dent {
    ino_t d_ino;
    off_t d_off;
    reclen_t d_reclen;
    unsigned char d_type;
    char d_name[];
};
/*@ functions posix_getdents */
#endif
#if __TL_GNU
/*@ functions versionsort scandirat */
#define dirent64 dirent
#define readdir64 readdir
#define readdir64_r readdir_r
#define scandir64 scandir
#define scandirat64 scandirat
#define alphasort64 alphasort
#define versionsort64 versionsort
#endif
__END_DECLS
#endif
