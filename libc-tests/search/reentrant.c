/* Hash tables of the caller's, and a tree taken down at once. */
#define _GNU_SOURCE
#include <errno.h>
#include <search.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static int compare(const void *a, const void *b) { return strcmp(a, b); }
static int freed;
static void count(void *key) {
  freed++;
  free(key);
}

int main(void) {
  int failed = 0;
  struct hsearch_data one = {0}, two = {0};
  ENTRY *found, entry = {"key", "value"}, other = {"other", "second"}, again = {"key", "changed"};
  CHECK(hcreate_r(10, &one) != 0 && hcreate_r(10, &two) != 0);
  CHECK(hsearch_r(entry, ENTER, &found, &one) != 0 && !strcmp(found->data, "value"));
  CHECK(hsearch_r(other, ENTER, &found, &two) != 0);
  CHECK(hsearch_r(again, FIND, &found, &one) != 0 && !strcmp(found->data, "value"));
  CHECK(hsearch_r(again, ENTER, &found, &one) != 0 && !strcmp(found->data, "value"));
  CHECK(hsearch_r(other, FIND, &found, &one) == 0 && found == NULL);
  CHECK(hsearch_r(entry, FIND, &found, &two) == 0 && found == NULL && hsearch_r(other, FIND, &found, &two) != 0);
  static char keys[10][4];
  for (int i = 0; i < 10; i++) {
    sprintf(keys[i], "k%d", i);
    CHECK(hsearch_r((ENTRY){keys[i], keys[i]}, i < 9 ? ENTER : FIND, &found, &one) == (i < 9));
  }
  for (int i = 0; i < 9; i++) CHECK(hsearch_r((ENTRY){keys[i], NULL}, FIND, &found, &one) && found->data == keys[i]);
  hdestroy_r(&one);
  hdestroy_r(&two);
  void *root = NULL;
  for (int i = 0; i < 100; i++) {
    char text[8];
    sprintf(text, "%d", i * 7 % 50);
    char *key = strdup(text);
    if (*(char **)tsearch(key, &root, compare) != key) free(key);
  }
  tdestroy(root, count);
  CHECK(freed == 50);
  tdestroy(NULL, count);
  CHECK(freed == 50);
  return failed;
}
