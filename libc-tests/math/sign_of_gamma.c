/* lgamma's sign beside its value. */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0;
  static const double negative[] = {-0.5, -2.5, -4.25}, positive[] = {0.5, 3, -1.5, -3.75, 100};
  for (int i = 0; i < 3; i++) {
    signgam = 7;
    CHECK(isfinite(lgamma(negative[i])) && signgam == -1);
    signgam = 7;
    CHECK(isfinite(lgammaf(negative[i])) && signgam == -1);
    signgam = 7;
    CHECK(isfinite(lgammal(negative[i])) && signgam == -1);
  }
  for (int i = 0; i < 5; i++) {
    signgam = 7;
    CHECK(isfinite(lgamma(positive[i])) && signgam == 1);
    signgam = 7;
    CHECK(isfinite(lgammaf(positive[i])) && signgam == 1);
    signgam = 7;
    CHECK(isfinite(lgammal(positive[i])) && signgam == 1);
  }
  return failed;
}
