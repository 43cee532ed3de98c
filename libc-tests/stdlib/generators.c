/* expect: not-musl it has neither the reentrant generators nor arc4random */
/* The generators of stdlib.h: reentrant forms, states, and the numbers that programs expect of a seed. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

#define CHECK(truth) \
  do { if (!(truth)) printf("line %d: %s\n", __LINE__, #truth), failures++; } while (0)

static void linear_congruential(void) {
  struct drand48_data data;
  memset(&data, 0, sizeof data);
  double real;
  long number;
  unsigned short state[3] = {1, 2, 3}, seed[3] = {9, 8, 7}, parameters[7] = {1, 2, 3, 0xe66d, 0xdeec, 5, 0xb};
  srand48_r(42, &data);
  srand48(42);
  CHECK(drand48_r(&data, &real) == 0 && real == drand48());
  CHECK(lrand48_r(&data, &number) == 0 && number == lrand48());
  CHECK(mrand48_r(&data, &number) == 0 && number == mrand48());
  unsigned short other[3] = {1, 2, 3};
  CHECK(erand48_r(state, &data, &real) == 0 && real == erand48(other) && memcmp(state, other, 6) == 0);
  CHECK(nrand48_r(state, &data, &number) == 0 && number == nrand48(other));
  CHECK(jrand48_r(state, &data, &number) == 0 && number == jrand48(other));
  seed48(seed);
  CHECK(seed48_r(seed, &data) == 0 && drand48_r(&data, &real) == 0 && real == drand48());
  lcong48(parameters);
  CHECK(lcong48_r(parameters, &data) == 0 && lrand48_r(&data, &number) == 0 && number == lrand48());
  printf("%ld %.17g\n", number, real);
}

static void additive(void) {
  char mine[128], theirs[128], small[32];
  struct random_data data;
  memset(&data, 0, sizeof data);
  int number;
  CHECK(initstate_r(7, mine, sizeof mine, &data) == 0);
  initstate(7, theirs, sizeof theirs);
  for (int i = 0; i < 100; i++) {
    CHECK(random_r(&data, &number) == 0);
    long expected = random();
    CHECK(number == expected);
  }
  CHECK(srandom_r(11, &data) == 0 && random_r(&data, &number) == 0);
  srandom(11);
  CHECK(number == random());
  char *old = initstate(3, small, sizeof small);
  CHECK(old == theirs);
  long first = random();
  CHECK(setstate(theirs) == small);
  CHECK(setstate(small) == theirs && random() != first);
  CHECK(setstate_r(mine, &data) == 0 && random_r(&data, &number) == 0);
  printf("%d %ld\n", number, first);
}

int main(void) {
  linear_congruential();
  additive();
  char text[8];
  strcpy(text, l64a(123456789));
  CHECK(a64l(text) == 123456789 && a64l("") == 0 && *l64a(0) == 0);
  printf("%s\n", text);
  unsigned char bytes[64] = {0}, zero[64] = {0};
  arc4random_buf(bytes, sizeof bytes);
  CHECK(memcmp(bytes, zero, sizeof bytes) != 0);
  CHECK(arc4random() != arc4random() || arc4random() != arc4random());
  for (int i = 0; i < 1000; i++) CHECK(arc4random_uniform(7) < 7);
  CHECK(arc4random_uniform(1) == 0 && arc4random_uniform(0) == 0);
  double load[3];
  CHECK(getloadavg(load, 3) <= 3);
  char list[] = "ro,size=12,unknown", *rest = list, *value;
  char *const names[] = {"ro", "size", NULL};
  CHECK(getsubopt(&rest, names, &value) == 0 && value == NULL);
  CHECK(getsubopt(&rest, names, &value) == 1 && strcmp(value, "12") == 0);
  CHECK(getsubopt(&rest, names, &value) == -1 && strcmp(value, "unknown") == 0);
  char pair[] = "CLEW_A=1";
  CHECK(putenv(pair) == 0 && strcmp(getenv("CLEW_A"), "1") == 0);
  pair[7] = '2';
  CHECK(strcmp(getenv("CLEW_A"), "2") == 0);
  CHECK(clearenv() == 0 && getenv("CLEW_A") == NULL && getenv("PATH") == NULL);
  char *path = canonicalize_file_name("/.././/");
  CHECK(strcmp(path, "/") == 0);
  free(path);
  printf("%d failures\n", failures);
  return failures != 0;
}
