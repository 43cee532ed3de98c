/* sys/sysinfo.h: system statistics of Linux. */
#ifndef _SYS_SYSINFO_H
#define _SYS_SYSINFO_H 1
#include <features.h>
/*@ types sysinfo */
#define SI_LOAD_SHIFT 16
__BEGIN_DECLS
/*@ functions sysinfo get_nprocs get_nprocs_conf get_phys_pages get_avphys_pages */
__END_DECLS
#endif
