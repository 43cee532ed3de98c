/* qsort, bsearch, division, random sequences, environment. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
  int key;
  char name[13];
};

static int by_key(const void *a, const void *b) {
  const struct row *x = a, *y = b;
  return (x->key > y->key) - (x->key < y->key);
}

static int by_int(const void *a, const void *b) {
  int x = *(const int *)a, y = *(const int *)b;
  return (x > y) - (x < y);
}

int main(void) {
  static int numbers[5000];
  unsigned seed = 1;
  for (int i = 0; i < 5000; i++) {
    seed = seed * 1103515245u + 12345u;
    numbers[i] = (int)(seed >> 8) % 1000;
  }
  qsort(numbers, 5000, sizeof *numbers, by_int);
  for (int i = 1; i < 5000; i++)
    if (numbers[i - 1] > numbers[i]) return 1;
  int key = numbers[2500];
  int *found = bsearch(&key, numbers, 5000, sizeof *numbers, by_int);
  if (!found || *found != key) return 2;
  key = 5000;
  if (bsearch(&key, numbers, 5000, sizeof *numbers, by_int)) return 3;

  struct row rows[9];
  for (int i = 0; i < 9; i++) {
    rows[i].key = i * 5 % 9;
    sprintf(rows[i].name, "row %d", i);
  }
  qsort(rows, 9, sizeof *rows, by_key);
  for (int i = 0; i < 9; i++) printf("%d:%s ", rows[i].key, rows[i].name);
  div_t d = div(-7, 2);
  lldiv_t ll = lldiv(-7LL, -2LL);
  printf("\n%d %d %lld %lld %d %ld\n", d.quot, d.rem, ll.quot, ll.rem, abs(-5), labs(-6L));

  srand48(42);
  for (int i = 0; i < 3; i++) printf("%.12f %ld ", drand48(), mrand48());
  printf("\n");

  setenv("ALPHA", "one", 1);
  setenv("ALPHA", "two", 0);
  printf("%s", getenv("ALPHA"));
  setenv("ALPHA", "three", 1);
  printf(" %s", getenv("ALPHA"));
  unsetenv("ALPHA");
  printf(" %s %d\n", getenv("ALPHA") ? "set" : "unset", setenv("A=B", "", 1));

  char path[] = "tmpXXXXXX";
  int fd = mkstemp(path);
  printf("%d %d\n", fd >= 0, strcmp(path, "tmpXXXXXX") != 0);
  char *real = realpath(".//.", 0);
  printf("%d\n", real != 0 && real[0] == '/');
  free(real);
  return 0;
}
