/* expect: shared-glibc reads its locales from files */
/* printf and scanf: what every program relies on, exact digits, rounding directions.
   expect: not-musl it prints 0 for a null %p and normalises %La to another exponent */
#include <assert.h>
#include <fenv.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void integers(void)
{
  printf("%d|%5d|%-5d|%05d|%+d|% d|%.3d|%8.3d|%-8.3d|\n", 42, 42, 42, 42, 42, 42, 42, 42, 42);
  printf("%d %d %ld %ld\n", INT_MAX, INT_MIN, LONG_MAX, LONG_MIN);
  printf("%u %lu %x %X %o %#x %#o %#X\n", UINT_MAX, ULONG_MAX, 0xbeef, 0xbeef, 0755, 255, 8, 255);
  printf("%hhd %hd %hhu %hu %jd %zu %td\n", 300, 70000, 300, 70000, (intmax_t)-1, (size_t)7, (ptrdiff_t)-7);
  printf("%.0d|%#.0o|%#x|%5.0d|\n", 0, 0, 0, 0);
  printf("%*d|%-*d|%.*d\n", 6, 1, 6, 2, 3, 4);
}

static void strings(void)
{
  printf("%s|%10s|%-10s|%.2s|%10.2s|%c|%5c|%%\n", "text", "text", "text", "text", "text", 'x', 'y');
  printf("%3$s %1$s %2$s\n", "one", "two", "three");
  printf("%s %p\n", (char *)0, (void *)0);
}

static void floats(void)
{
  double values[] = { 0.0, -0.0, 1.0, 0.1, 0.5, 1.5, 2.5, 123456.789, 1e21, 1e-5, 9.9999995, 1e300, 5e-324, DBL_MAX, 1.0 / 3 };
  for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
    double v = values[i];
    printf("%f|%.0f|%e|%.0e|%g|%.17g|%a|%.3a|%#g|%012.3f|%+.2e\n", v, v, v, v, v, v, v, v, v, v, v);
    printf("%Lf|%Le|%Lg|%.25Lg\n", (long double)v, (long double)v, (long double)v, (long double)v);
  }
  printf("%f %F %e %5g|%-5g|%05g %a\n", INFINITY, -INFINITY, NAN, INFINITY, -INFINITY, INFINITY, INFINITY);
  printf("%La %La %Lg %Lg\n", 1.0L, LDBL_MIN, LDBL_MAX, LDBL_MIN);
  char *all = malloc(1200);
  snprintf(all, 1200, "%.1074f", 5e-324);
  assert(strlen(all) == 1076 && !strcmp(all + 1072, "5625"));
  snprintf(all, 1200, "%.0f", DBL_MAX);
  assert(strlen(all) == 309 && !strncmp(all, "17976931348623157", 17));
  free(all);
}

static void directions(void)
{
  int modes[] = { FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO };
  for (int i = 0; i < 4; i++) {
    fesetround(modes[i]);
    printf("%.0f %.0f %.1f %.2e %g %.0a\n", 0.5, -0.5, 0.25, 1.005, 0.1234567, 1.5);
    printf("%a %a %a %a\n", strtod("0.1", 0), strtod("-0.1", 0), strtod("1e-400", 0), strtod("1e400", 0));
    printf("%La %a\n", strtold("0.1", 0), (double)strtof("0.1", 0));
  }
  fesetround(FE_TONEAREST);
}

static void limits(void)
{
  char b[8];
  int n = 0;
  assert(snprintf(b, sizeof b, "%s", "0123456789") == 10 && !strcmp(b, "0123456"));
  assert(snprintf(0, 0, "%d", 12345) == 5);
  assert(snprintf(b, 1, "%d", 12345) == 5 && b[0] == 0);
  assert(sprintf(b, "ab%ncd", &n) == 4 && n == 2);
  assert(snprintf(b, sizeof b, "%2147483647d%d", 1, 2) == -1);
}

static void scanning(void)
{
  int i = 0, j = 0, n = 0;
  unsigned u = 0;
  float f = 0;
  double d = 0;
  long double ld = 0;
  char s[32] = "", t[32] = "", c = 0;
  assert(sscanf("12 0x1f 077", "%d %i %o", &i, &j, &u) == 3 && i == 12 && j == 31 && u == 63);
  assert(sscanf("3.5 1e300 0x1p-3", "%f %lf %Lf", &f, &d, &ld) == 3 && f == 3.5f && d == 1e300 && ld == 0.125L);
  assert(sscanf("key = value;", "%31[a-z] = %31[^;]%c", s, t, &c) == 3 && c == ';');
  printf("%s %s\n", s, t);
  assert(sscanf("123456", "%2d%3d%n", &i, &j, &n) == 2 && i == 12 && j == 345 && n == 5);
  assert(sscanf("abc", "%d", &i) == 0);
  assert(sscanf("", "%d", &i) == EOF);
  assert(sscanf("  x", "%*s%n", &n) == 0 && n == 3);
  assert(sscanf("5 apples", "%d %s", &i, s) == 2 && !strcmp(s, "apples"));
  assert(sscanf("1,2", "%2$d,%1$d", &i, &j) == 2 && i == 2 && j == 1);
  char *m = 0;
  assert(sscanf("allocated rest", "%ms", &m) == 1);
  printf("%s\n", m);
  free(m);
}

static void round_trip(void)
{
  uint64_t x = 88172645463325252u;
  char b[64];
  for (int i = 0; i < 20000; i++) {
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    double d, e;
    memcpy(&d, &x, 8);
    if (isnan(d))
      continue;
    snprintf(b, sizeof b, i & 1 ? "%.17g" : "%a", d);
    e = strtod(b, 0);
    assert(!memcmp(&d, &e, 8));
  }
}

int main(void)
{
  integers();
  strings();
  floats();
  directions();
  limits();
  scanning();
  round_trip();
  return 0;
}
