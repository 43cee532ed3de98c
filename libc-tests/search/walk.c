/* expect: not-musl has no walk with an argument */
/* A walk through a tree with an argument for the function: each key once in order, and every inner node three times. */
#define _GNU_SOURCE
#include <search.h>
#include <stdint.h>
#include <stdio.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
struct seen {
  intptr_t last;
  int visits[4], in_order;
};
static int compare(const void *a, const void *b) { return ((intptr_t)a > (intptr_t)b) - ((intptr_t)a < (intptr_t)b); }

static void visit(const void *node, VISIT which, void *closure) {
  struct seen *seen = closure;
  intptr_t key = *(const intptr_t *)node;
  seen->visits[which]++;
  if (which == postorder || which == leaf) {
    seen->in_order += key > seen->last;
    seen->last = key;
  }
}

int main(void) {
  int failed = 0;
  void *root = NULL;
  struct seen seen = {0};
  for (intptr_t i = 1; i <= 100; i++) tsearch((void *)(i * 37 % 101), &root, compare);
  twalk_r(root, visit, &seen);
  CHECK(seen.in_order == 100 && seen.last == 100);
  CHECK(seen.visits[preorder] == seen.visits[postorder] && seen.visits[endorder] == seen.visits[postorder]);
  CHECK(seen.visits[leaf] + seen.visits[postorder] == 100 && seen.visits[leaf] > 20);
  twalk_r(NULL, visit, &seen);
  twalk_r(root, NULL, &seen);
  CHECK(seen.in_order == 100);
  return failed;
}
