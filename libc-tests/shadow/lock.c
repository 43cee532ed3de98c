/* expect: not-musl it locks nothing */
/* The lock of the user files: taken once, given back once. */
#include <errno.h>
#include <shadow.h>
#include <stdio.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0;
  if (access("/etc", W_OK)) {
    CHECK(lckpwdf() == -1 && ulckpwdf() == -1);
    return failed;
  }
  CHECK(ulckpwdf() == -1);
  CHECK(lckpwdf() == 0);
  CHECK(lckpwdf() == -1);
  CHECK(ulckpwdf() == 0);
  CHECK(ulckpwdf() == -1);
  CHECK(lckpwdf() == 0 && ulckpwdf() == 0);
  return failed;
}
