/* expect: not-musl it has no obstack.h */
/* expect: status 10 */
/* Objects that grow, are finished and freed again, in chunks that are counted. */
#define _GNU_SOURCE
#include <obstack.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

/* glibc exports it and declares it nowhere. */
int _obstack_allocated_p(struct obstack *, void *);

static int chunks, calls;
static void *take(long n) {
  chunks++;
  return malloc((size_t)n);
}
static void give(void *p) {
  chunks--;
  free(p);
}
static void *take_for(void *who, long n) {
  calls += *(int *)who;
  return malloc((size_t)n);
}
static void give_for(void *who, void *p) {
  calls -= *(int *)who;
  free(p);
}
#define obstack_chunk_alloc take
#define obstack_chunk_free give

static int print(struct obstack *o, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int n = obstack_vprintf(o, format, arguments);
  va_end(arguments);
  return n;
}

static void full(void) {
  puts("no memory");
  exit(10);
}
static void *fail(long n) { return n > 100000 ? NULL : malloc((size_t)n); }

int main(void) {
  int failed = 0, i, seven = 7;
  struct obstack o, p;
  char *first, *s, *big;
  CHECK(obstack_init(&o) && chunks == 1);
  first = obstack_copy0(&o, "hello", 5);
  CHECK(!strcmp(first, "hello") && (size_t)first % 16 == 0);
  for (i = 0; i < 10; i++) obstack_1grow(&o, (char)('0' + i));
  CHECK(obstack_object_size(&o) == 10 && !memcmp(obstack_base(&o), "0123456789", 10));
  obstack_grow0(&o, "abc", 3);
  s = obstack_finish(&o);
  CHECK(!strcmp(s, "0123456789abc") && obstack_object_size(&o) == 0 && (char *)obstack_base(&o) >= s + 14);
  obstack_ptr_grow(&o, first);
  obstack_ptr_grow(&o, NULL);
  obstack_int_grow(&o, 42);
  CHECK(obstack_object_size(&o) == 20 && *(char **)obstack_base(&o) == first && ((int *)obstack_base(&o))[4] == 42);
  obstack_blank(&o, -4);
  CHECK(obstack_object_size(&o) == 16);
  obstack_finish(&o);
  big = obstack_alloc(&o, 10000);
  memset(big, 'b', 10000);
  CHECK(chunks == 2 && obstack_memory_used(&o) > 14000 && obstack_memory_used(&o) < 20000);
  /* An object moves as it grows; alone in its chunk it takes no second one. */
  for (i = 0; i < 20000; i++) obstack_1grow(&o, 'x');
  CHECK(chunks >= 3 && chunks <= 4 && obstack_object_size(&o) == 20000);
  s = obstack_finish(&o);
  CHECK(s[0] == 'x' && s[19999] == 'x' && big[9999] == 'b');
  CHECK(_obstack_allocated_p(&o, s) && _obstack_allocated_p(&o, first) && !_obstack_allocated_p(&o, &o));
  obstack_free(&o, s);
  CHECK(obstack_base(&o) == s && _obstack_allocated_p(&o, big));
  CHECK(obstack_printf(&o, "%d-%s", 5, "five") == 6 && obstack_object_size(&o) == 6 && !memcmp(obstack_base(&o), "5-five", 6));
  CHECK(print(&o, "%s%c", "+", 'v') == 2 && !memcmp(obstack_base(&o), "5-five+v", 8));
  _obstack_newchunk(&o, 5000);
  CHECK(obstack_room(&o) >= 5000 && !memcmp(obstack_base(&o), "5-five+v", 8));
  obstack_free(&o, first);
  CHECK(chunks == 1 && obstack_base(&o) == first && obstack_room(&o) > 3000);
  obstack_free(&o, NULL);
  CHECK(chunks == 0);
  obstack_specify_allocation_with_arg(&p, 100, 8, take_for, give_for, &seven);
  CHECK(calls == 7 && obstack_chunk_size(&p) == 100 && obstack_alignment_mask(&p) == 7);
  obstack_make_room(&p, 500);
  CHECK(obstack_room(&p) >= 500);
  for (i = 0; i < 500; i++) obstack_1grow_fast(&p, 'f');
  s = obstack_finish(&p);
  /* An object without bytes keeps its chunk. */
  first = obstack_finish(&p);
  CHECK(_obstack_allocated_p(&p, s) && (size_t)first % 8 == 0);
  obstack_blank(&p, 1000);
  CHECK(_obstack_allocated_p(&p, s));
  obstack_free(&p, NULL);
  CHECK(calls == 0);
  obstack_alloc_failed_handler = full;
  CHECK(_obstack_begin(&o, 0, 0, (void *(*)(long))take, give) == 1);
  obstack_chunkfun(&o, fail);
  CHECK(obstack_exit_failure == 1 && obstack_alloc(&o, 50000));
  if (failed) return failed;
  obstack_alloc(&o, 200000);
  return 1;
}
