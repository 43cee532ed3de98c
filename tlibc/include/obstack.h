/* obstack.h: stacks of objects that grow one at a time. GNU. */
#ifndef _OBSTACK_H
#define _OBSTACK_H 1
#include <features.h>
#include <stddef.h>
#include <string.h>
/*@ types size_t va_list obstack */
__BEGIN_DECLS
/*@ functions _obstack_allocated_p _obstack_begin _obstack_begin_1 _obstack_memory_used _obstack_newchunk obstack_free
obstack_printf obstack_vprintf obstack_exit_failure */
extern void (*obstack_alloc_failed_handler)(void);

/* The program defines obstack_chunk_alloc and obstack_chunk_free. */
#define obstack_init(h) obstack_begin((h), 0)
#define obstack_begin(h, size) \
  obstack_specify_allocation((h), (size), 0, obstack_chunk_alloc, obstack_chunk_free)
#define obstack_specify_allocation(h, size, alignment, alloc, release) \
  _obstack_begin((h), (size), (alignment), (void *(*)(long))(alloc), (void (*)(void *))(release))
#define obstack_specify_allocation_with_arg(h, size, alignment, alloc, release, arg) \
  _obstack_begin_1((h), (size), (alignment), (void *(*)(void *, long))(alloc), \
                   (void (*)(void *, void *))(release), (arg))
#define obstack_chunkfun(h, alloc) \
  ((void)((h)->chunkfun = (struct _obstack_chunk * (*)(void *, long))(alloc)))
#define obstack_freefun(h, release) \
  ((void)((h)->freefun = (void (*)(void *, struct _obstack_chunk *))(release)))
#define obstack_chunk_size(h) ((h)->chunk_size)
#define obstack_alignment_mask(h) ((h)->alignment_mask)
#define obstack_memory_used(h) _obstack_memory_used(h)

static __inline void *obstack_base(const struct obstack *__h) { return __h->object_base; }
static __inline void *obstack_next_free(const struct obstack *__h) { return __h->next_free; }
static __inline int obstack_object_size(const struct obstack *__h) {
  return (int)(__h->next_free - __h->object_base);
}
static __inline int obstack_room(const struct obstack *__h) {
  return (int)(__h->chunk_limit - __h->next_free);
}
static __inline void obstack_make_room(struct obstack *__h, int __n) {
  if (obstack_room(__h) < __n) _obstack_newchunk(__h, __n);
}
static __inline void obstack_blank_fast(struct obstack *__h, int __n) { __h->next_free += __n; }
static __inline void obstack_blank(struct obstack *__h, int __n) {
  if (__n > 0) obstack_make_room(__h, __n);
  obstack_blank_fast(__h, __n);
}
static __inline void obstack_grow(struct obstack *__h, const void *__data, int __n) {
  obstack_make_room(__h, __n);
  memcpy(__h->next_free, __data, (size_t)__n);
  __h->next_free += __n;
}
static __inline void obstack_1grow_fast(struct obstack *__h, char __c) { *__h->next_free++ = __c; }
static __inline void obstack_1grow(struct obstack *__h, char __c) {
  obstack_make_room(__h, 1);
  obstack_1grow_fast(__h, __c);
}
static __inline void obstack_grow0(struct obstack *__h, const void *__data, int __n) {
  obstack_make_room(__h, __n + 1);
  obstack_grow(__h, __data, __n);
  obstack_1grow_fast(__h, 0);
}
static __inline void obstack_ptr_grow_fast(struct obstack *__h, const void *__p) {
  memcpy(__h->next_free, &__p, sizeof __p);
  __h->next_free += sizeof __p;
}
static __inline void obstack_ptr_grow(struct obstack *__h, const void *__p) {
  obstack_make_room(__h, (int)sizeof __p);
  obstack_ptr_grow_fast(__h, __p);
}
static __inline void obstack_int_grow_fast(struct obstack *__h, int __i) {
  memcpy(__h->next_free, &__i, sizeof __i);
  __h->next_free += sizeof __i;
}
static __inline void obstack_int_grow(struct obstack *__h, int __i) {
  obstack_make_room(__h, (int)sizeof __i);
  obstack_int_grow_fast(__h, __i);
}
static __inline void *obstack_finish(struct obstack *__h) {
  char *__object = __h->object_base;
  size_t __mask = (size_t)__h->alignment_mask;
  size_t __left = (size_t)(__h->chunk_limit - __h->next_free);
  size_t __pad = (0 - (size_t)__h->next_free) & __mask;
  if (__h->next_free == __object) __h->maybe_empty_object = 1;
  __h->next_free += __pad < __left ? __pad : __left;
  __h->object_base = __h->next_free;
  return __object;
}
static __inline void *obstack_alloc(struct obstack *__h, int __n) {
  obstack_blank(__h, __n);
  return obstack_finish(__h);
}
static __inline void *obstack_copy(struct obstack *__h, const void *__data, int __n) {
  obstack_grow(__h, __data, __n);
  return obstack_finish(__h);
}
static __inline void *obstack_copy0(struct obstack *__h, const void *__data, int __n) {
  obstack_grow0(__h, __data, __n);
  return obstack_finish(__h);
}
static __inline int obstack_empty_p(const struct obstack *__h) {
  const struct _obstack_chunk *__chunk = __h->chunk;
  size_t __first = ((size_t)__chunk + 2 * sizeof(void *) + (size_t)__h->alignment_mask)
                   & ~(size_t)__h->alignment_mask;
  return *(struct _obstack_chunk *const *)((const char *)__chunk + sizeof(void *)) == NULL
         && (size_t)__h->next_free == __first;
}
__END_DECLS
#endif
