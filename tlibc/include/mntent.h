/* mntent.h: mount tables. */
#ifndef _MNTENT_H
#define _MNTENT_H 1
#include <features.h>
/*@ types FILE */
#define MOUNTED "/etc/mtab"
#define MNTTAB "/etc/fstab"
#define MNTOPT_DEFAULTS "defaults"
#define MNTOPT_RO "ro"
#define MNTOPT_RW "rw"
#define MNTOPT_SUID "suid"
#define MNTOPT_NOSUID "nosuid"
#define MNTOPT_NOAUTO "noauto"
struct mntent {
  char *mnt_fsname;
  char *mnt_dir;
  char *mnt_type;
  char *mnt_opts;
  int mnt_freq;
  int mnt_passno;
};
__BEGIN_DECLS
/*@ functions setmntent getmntent getmntent_r addmntent endmntent hasmntopt */
__END_DECLS
#endif
