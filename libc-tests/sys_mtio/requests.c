/* Requests of tapes and of block devices, which hold the size of what they pass. */
#include <stdio.h>
#include <sys/mount.h>
#include <sys/mtio.h>

int main(void) {
  printf("%x %x %x\n", (unsigned)MTIOCTOP, (unsigned)MTIOCGET, (unsigned)MTIOCPOS);
  printf("%zu %zu %zu\n", sizeof(struct mtop), sizeof(struct mtget), sizeof(struct mtpos));
  printf("%d %d %d %lx\n", MTSETBLK, MTMKPART, MTCOMPRESSION, (unsigned long)GMT_ONLINE(-1L));
  printf("%x %x %x %x\n", (unsigned)BLKROGET, (unsigned)BLKGETSIZE, (unsigned)BLKSSZGET, (unsigned)BLKGETSIZE64);
  return 0;
}
