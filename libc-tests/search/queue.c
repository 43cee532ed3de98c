/* insque and remque on a list with ends and on a ring. */
#include <search.h>
#include <stdio.h>

struct item {
  struct item *next, *previous;
  char name;
};

int main(void) {
  struct item i[5];
  for (int n = 0; n < 5; n++) i[n] = (struct item){&i[4], &i[4], (char)('a' + n)};
  insque(&i[0], NULL);
  printf("%d %d\n", i[0].next == NULL, i[0].previous == NULL);
  insque(&i[1], &i[0]);
  insque(&i[2], &i[0]);
  for (struct item *at = &i[0]; at; at = at->next) putchar(at->name);
  for (struct item *at = &i[1]; at; at = at->previous) putchar(at->name);
  remque(&i[2]);
  remque(&i[0]);
  printf(" %c %d\n", i[1].name, i[1].next == NULL && i[1].previous == NULL);
  i[3].next = i[3].previous = &i[3];
  insque(&i[4], &i[3]);
  printf("%d\n", i[3].next == &i[4] && i[3].previous == &i[4] && i[4].next == &i[3] && i[4].previous == &i[3]);
  remque(&i[4]);
  printf("%d\n", i[3].next == &i[3] && i[3].previous == &i[3]);
  return 0;
}
