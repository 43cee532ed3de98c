/* argz and envz vectors: built, counted, changed, searched, merged. */
/* expect: not-musl has neither header */
#define _GNU_SOURCE
#include <argz.h>
#include <envz.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *v;
static size_t n;

static void show(const char *title) {
  printf("%s %zu:", title, argz_count(v, n));
  for (char *e = NULL; (e = argz_next(v, n, e));) printf(" [%s]", e);
  printf(" %zu\n", n);
}

/* Many replacements in little time. */
static void long_vector(void) {
  enum { MANY = 100000 };
  char *text = malloc(2 * MANY + 1), *many = NULL;
  size_t size = 0;
  for (int i = 0; i < MANY; i++) text[2 * i] = 'a', text[2 * i + 1] = i % 100 == 99 ? ',' : 'b';
  text[2 * MANY] = 0;
  argz_create_sep(text, ',', &many, &size);
  printf("%zu %zu", size, argz_count(many, size));
  argz_replace(&many, &size, "a", "long", NULL);
  printf(" %zu %zu %.12s", size, argz_count(many, size), many);
  argz_replace(&many, &size, "longb", "", NULL);
  printf(" %zu %zu %.12s\n", size, argz_count(many, size), many);
  free(many), free(text);
}

int main(void) {
  char *list[] = {"one", "", "three", NULL};
  printf("%d ", argz_create(list, &v, &n)), show("create");
  char *out[4];
  argz_extract(v, n, out);
  printf("%s %s %s %d\n", out[0], out[1], out[2], out[3] == NULL);
  argz_add(&v, &n, "four"), show("add");
  argz_append(&v, &n, "x\0y", 4), show("append");
  argz_add_sep(&v, &n, ":p::q:", ':'), show("add_sep");
  argz_delete(&v, &n, v), show("delete first");
  argz_delete(&v, &n, NULL), show("delete nothing");
  argz_insert(&v, &n, strstr(v + 1, "hree"), "before three"), show("insert");
  argz_insert(&v, &n, NULL, "last"), show("insert at the end");
  printf("%d\n", argz_insert(&v, &n, v + n, "outside"));
  unsigned count = 0; /* glibc counts otherwise than its manual says */
  argz_replace(&v, &n, "e", "EEE", &count), show("replace");
  argz_replace(&v, &n, "EEE", "", &count), show("replace by nothing");
  long_vector();
  argz_stringify(v, n, '+'), printf("%s\n", v);
  free(v);
  argz_create_sep("a,b,,c", ',', &v, &n), show("create_sep");
  free(v);
  argz_create_sep("", ',', &v, &n), show("empty"), printf("%d\n", v == NULL);
  envz_add(&v, &n, "HOME", "/root"), envz_add(&v, &n, "EMPTY", ""), envz_add(&v, &n, "NONE", NULL), envz_add(&v, &n, "PATH", "/bin"), show("envz");
  printf("%s [%s] %d %d\n", envz_get(v, n, "HOME"), envz_get(v, n, "EMPTY"), envz_get(v, n, "NONE") == NULL, envz_get(v, n, "HOM") == NULL);
  printf("%s %d %s\n", envz_entry(v, n, "NONE"), envz_entry(v, n, "PAT") == NULL, envz_entry(v, n, "PATH=other"));
  envz_add(&v, &n, "HOME", "/new"), show("changed");
  envz_merge(&v, &n, "PATH=/other\0MORE=1", 19, 0), show("merged");
  envz_merge(&v, &n, "PATH=/other\0MORE=2", 19, 1), show("replaced");
  envz_strip(&v, &n), show("stripped");
  envz_remove(&v, &n, "PATH"), envz_remove(&v, &n, "absent"), show("removed");
  free(v);
  return 0;
}
