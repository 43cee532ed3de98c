/* expect: not-musl srand48 keeps the multiplier that lcong48 set */
/* stdlib.h: divisions, random numbers with state, sorting with context, temporary files, environment. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static int failed;

static int by_key(const void *a, const void *b, void *order) {
  int x = *(const int *)a, y = *(const int *)b, *way = order;
  way[1]++;
  return way[0] * ((x > y) - (x < y));
}

static void numbers(void) {
  ldiv_t l = ldiv(-17L, 5L);
  lldiv_t ll = lldiv(LLONG_MAX, 10LL);
  div_t d = div(-7, -2);
  CHECK(l.quot == -3 && l.rem == -2 && ll.quot == LLONG_MAX / 10 && ll.rem == 7 && d.quot == 3 && d.rem == -1);
  CHECK(labs(-5L) == 5 && llabs(LLONG_MIN + 1) == LLONG_MAX && llabs(-3) == 3);
  char *end;
  static const char *const text[] = {"9223372036854775807", "-9223372036854775808", "9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616", "-1", "  +0x7fz", "", "-"};
  for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
    errno = 0;
    printf("%lld", strtoll(text[i], &end, 0));
    printf(" %td %d", end - text[i], errno == ERANGE);
    errno = 0;
    printf(" %llu", strtoull(text[i], &end, 0));
    printf(" %td %d\n", end - text[i], errno == ERANGE);
  }
}

/* The 48-bit generator is specified to the bit. */
static void random_numbers(void) {
  srand48(1234567);
  printf("%ld %ld %.12f\n", lrand48(), mrand48(), drand48());
  unsigned short state[3] = {1, 2, 3};
  printf("%ld %ld %.12f\n", nrand48(state), jrand48(state), erand48(state));
  printf("%x %x %x\n", state[0], state[1], state[2]);
  unsigned short seed[3] = {7, 8, 9}, *old = seed48(seed);
  printf("%x %x %x %ld\n", old[0], old[1], old[2], lrand48());
  unsigned short parameters[7] = {1, 0, 0, 5, 0, 0, 3};
  lcong48(parameters);
  /* x becomes 5x + 3: 8, 43 ... too small for the 31 upper bits. */
  printf("%ld %ld %.15f\n", lrand48(), lrand48(), drand48());
  srand48(1);
  printf("%ld\n", lrand48());
  srand(42);
  int one = rand(), two = rand();
  srand(42);
  CHECK(rand() == one && rand() == two && one >= 0 && one <= RAND_MAX && one != two);
  unsigned seed_r = 5, again = 5;
  CHECK(rand_r(&seed_r) == rand_r(&again) && seed_r == again);
  char storage[64];
  char *previous = initstate(3, storage, sizeof storage);
  long first = random();
  CHECK(setstate(previous) == storage && setstate(storage) && random() != first);
}

static void sorting(void) {
  int numbers[40], way[2] = {-1, 0};
  for (int i = 0; i < 40; i++) numbers[i] = i * 7 % 40;
  qsort_r(numbers, 40, sizeof *numbers, by_key, way);
  for (int i = 0; i < 40; i++) CHECK(numbers[i] == 39 - i);
  CHECK(way[1] > 0);
  way[1] = 0;
  qsort_r(numbers, 0, sizeof *numbers, by_key, way);
  qsort_r(numbers, 1, sizeof *numbers, by_key, way);
  CHECK(way[1] == 0);
}

static void files(void) {
  char a[] = "fileXXXXXX", b[] = "fileXXXXXX.txt", c[] = "badXXXXX", d[] = "dirXXXXXX", e[] = "otherXXXXXX.c";
  struct stat st;
  int fd = mkostemp(a, O_CLOEXEC | O_APPEND);
  CHECK(fd >= 0 && (fcntl(fd, F_GETFD) & FD_CLOEXEC) && (fcntl(fd, F_GETFL) & O_APPEND) && strcmp(a, "fileXXXXXX") && !strncmp(a, "file", 4));
  CHECK(!fstat(fd, &st) && (st.st_mode & 0777) == 0600 && !access(a, F_OK));
  close(fd);
  CHECK((fd = mkstemps(b, 4)) >= 0 && !strcmp(b + 10, ".txt") && close(fd) == 0);
  CHECK((fd = mkostemps(e, 2, O_CLOEXEC)) >= 0 && (fcntl(fd, F_GETFD) & FD_CLOEXEC) && close(fd) == 0);
  errno = 0;
  CHECK(mkostemp(c, 0) == -1 && errno == EINVAL);
  CHECK(mkdtemp(d) == d && !stat(d, &st) && S_ISDIR(st.st_mode) && (st.st_mode & 0777) == 0700);
}

static void environment(void) {
  CHECK(!strcmp(secure_getenv("CLEW_TEST"), "1") && secure_getenv("CLEW_NO_SUCH") == NULL);
  errno = 0;
  CHECK(setenv("", "x", 1) == -1 && errno == EINVAL && setenv("a=b", "x", 1) == -1 && unsetenv("a=b") == -1);
  CHECK(!setenv("K", "1", 1) && !setenv("K", "2", 0) && !strcmp(getenv("K"), "1") && !unsetenv("K") && !getenv("K"));
}

static void leave(void) { puts("not to be printed"); }

static void ends(void) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    atexit(leave);
    fputs("nor this", stdout);
    _Exit(300);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == (300 & 255));
}

int main(void) {
  numbers();
  random_numbers();
  sorting();
  files();
  environment();
  ends();
  return failed;
}
