/* sys/auxv.h: the auxiliary vector; the names of its entries are those of elf.h. */
#ifndef _SYS_AUXV_H
#define _SYS_AUXV_H 1
#include <features.h>
#include <elf.h>
__BEGIN_DECLS
/*@ functions getauxval */
__END_DECLS
#endif
