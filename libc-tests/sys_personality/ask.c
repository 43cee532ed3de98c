/* Personalities by number, and those of the header of mounts. */
#include <mntent.h>
#include <stdio.h>
#include <sys/personality.h>

int main(void) {
  printf("%x %x %x %x\n", PER_LINUX, PER_LINUX32, PER_SVR4, PER_BSD);
  printf("%x %x %x\n", ADDR_NO_RANDOMIZE, READ_IMPLIES_EXEC, PER_MASK);
  puts(MNTOPT_DEFAULTS MNTOPT_RO MNTOPT_RW MNTOPT_SUID MNTOPT_NOSUID MNTOPT_NOAUTO);
  return 0;
}
