/* Text to numbers: strtod and strtol families.
   expect: not-musl it normalises %La to another exponent */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void floats(void)
{
  const char *texts[] = { "1e300", "1e-300", "1e400", "-1e400", "1e-400", "4.9406564584124654e-324", "2.47e-324", "2.48e-324", "1.7976931348623157e308",
                          "1.7976931348623159e308", "2.2250738585072011e-308", "9007199254740993", "0x1.8p3", "0x", "0x.8", "0x1p", "inf", "-INFINITY", "infinit",
                          "nan", "nan(12)", "nan(", ".", "1e", "1e+", "  12abc", "", "+.5e-1x", "0.1", "123456789012345678901234567890", "1e23", "8.5e22" };
  for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
    char *end, *end_f, *end_l;
    errno = 0;
    double d = strtod(texts[i], &end);
    int e = errno;
    float f = strtof(texts[i], &end_f);
    long double l = strtold(texts[i], &end_l);
    assert(end == end_f && end == end_l);
    printf("%s: %a %d %d %a %La\n", texts[i], d, (int)(end - texts[i]), e == ERANGE, f, l);
  }
}

static void integers(void)
{
  const char *texts[] = { "0", "-1", "+7", "  42x", "0x1f", "0X", "0xg", "077", "08", "z", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
                          "-9223372036854775809", "18446744073709551615", "18446744073709551616", "-18446744073709551615", "", "-", "--1" };
  int bases[] = { 0, 8, 10, 16, 36 };
  for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
    for (unsigned j = 0; j < 5; j++) {
      char *end, *uend;
      errno = 0;
      long v = strtol(texts[i], &end, bases[j]);
      int e = errno;
      errno = 0;
      unsigned long u = strtoul(texts[i], &uend, bases[j]);
      assert(end == uend);
      printf("%s/%d: %ld %d %d %lu %d\n", texts[i], bases[j], v, (int)(end - texts[i]), e, u, errno);
    }
  }
  errno = 0;
  assert(strtol("1", 0, 1) == 0 && errno == EINVAL);
  assert(atoi("-12x") == -12 && atol("99") == 99 && atoll("1") == 1 && atof("2.5") == 2.5);
  assert(strtoimax("-5", 0, 10) == -5 && strtoumax("5", 0, 10) == 5);
  printf("%" PRId64 " %" PRIx64 " %" PRIuMAX "\n", INT64_MIN, UINT64_MAX, UINTMAX_MAX);
}

int main(void)
{
  floats();
  integers();
  return 0;
}
