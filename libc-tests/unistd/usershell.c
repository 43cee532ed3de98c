/* expect: not-musl it takes comments for shells */
/* The login shells: absolute paths, the same ones again after setusershell. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0, count = 0, again = 0;
  char first[300] = "", *shell;
  setusershell();
  while ((shell = getusershell())) {
    CHECK(shell[0] == '/');
    if (!count++) snprintf(first, sizeof first, "%s", shell);
  }
  CHECK(count >= 1);
  setusershell();
  CHECK((shell = getusershell()) && !strcmp(shell, first));
  for (again = 1; getusershell();) again++;
  CHECK(again == count);
  endusershell();
  return failed;
}
