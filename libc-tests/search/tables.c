/* Trees, hash tables, linear search. */
#include <search.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int compare(const void *a, const void *b) { return ((intptr_t)a > (intptr_t)b) - ((intptr_t)a < (intptr_t)b); }
static int compare_ints(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

static int visits;
static void visit(const void *node, VISIT which, int depth) {
  (void)depth;
  if (which == postorder || which == leaf) {
    if (visits++ < 5) printf("%d ", (int)*(intptr_t *)node);
  }
}

int main(void) {
  void *root = 0;
  for (intptr_t i = 0; i < 1000; i++) tsearch((void *)(i * 37 % 1000 + 1), &root, compare);
  for (intptr_t i = 1; i <= 1000; i += 2)
    if (!tdelete((void *)i, &root, compare)) return 1;
  if (tdelete((void *)1, &root, compare)) return 2;
  twalk(root, visit);
  printf("| %d %d %d\n", visits, tfind((void *)2, &root, compare) != 0, tfind((void *)3, &root, compare) != 0);
  hcreate(10);
  ENTRY item = {"key", "value"};
  hsearch(item, ENTER);
  ENTRY *found = hsearch(item, FIND);
  printf("%s %d\n", (char *)found->data, hsearch((ENTRY){"other", 0}, FIND) == 0);
  hdestroy();
  int list[10] = {5, 3, 8}, key = 8;
  size_t count = 3;
  int *place = lfind(&key, list, &count, sizeof *list, compare_ints);
  key = 9;
  lsearch(&key, list, &count, sizeof *list, compare_ints);
  printf("%d %d %d\n", (int)(place - list), (int)count, list[3]);
  return 0;
}
