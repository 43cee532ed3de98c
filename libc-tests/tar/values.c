/* tar.h and cpio.h: the values are those of the formats. */
#define _XOPEN_SOURCE 700
#include <cpio.h>
#include <stdio.h>
#include <string.h>
#include <tar.h>

int main(void) {
  printf("%s %d %s %d %c%d%c%c%c%c%c%c%c\n", TMAGIC, TMAGLEN, TVERSION, TVERSLEN, REGTYPE, AREGTYPE, LNKTYPE, SYMTYPE, CHRTYPE, BLKTYPE, DIRTYPE, FIFOTYPE, CONTTYPE);
  printf("%o %o %o %o %o\n", TSUID | TSGID, TSVTX, TUREAD | TUWRITE | TUEXEC, TGREAD | TGWRITE | TGEXEC, TOREAD | TOWRITE | TOEXEC);
  printf("%s %o %o %o %o\n", MAGIC, C_IRUSR | C_IWUSR | C_IXUSR, C_IRGRP | C_IWGRP | C_IXGRP, C_IROTH | C_IWOTH | C_IXOTH, C_ISUID | C_ISGID | C_ISVTX);
  printf("%o %o %o %o %o %o %o %o\n", C_ISDIR, C_ISFIFO, C_ISREG, C_ISBLK, C_ISCHR, C_ISCTG, C_ISLNK, C_ISSOCK);
  return 0;
}
