/* malloc.h: the allocator beyond stdlib.h. */
#ifndef _MALLOC_H
#define _MALLOC_H 1
#include <features.h>
/*@ types size_t NULL FILE */
__BEGIN_DECLS
/*@ functions malloc calloc realloc reallocarray free memalign valloc pvalloc malloc_usable_size
malloc_trim mallopt mallinfo mallinfo2 malloc_stats malloc_info */
#define M_TRIM_THRESHOLD (-1)
#define M_TOP_PAD (-2)
#define M_MMAP_THRESHOLD (-3)
#define M_MMAP_MAX (-4)
#define M_CHECK_ACTION (-5)
#define M_PERTURB (-6)
#define M_ARENA_TEST (-7)
#define M_ARENA_MAX (-8)
__END_DECLS
#endif
