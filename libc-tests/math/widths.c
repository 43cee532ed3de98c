/* expect: not-musl has no fromfp */
/* fromfp and its family: directions, widths, the limits, and which exceptions are raised (ISO/IEC TS 18661-1 14.8). */
#define __STDC_WANT_IEC_60559_BFP_EXT__ 1
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>

/* The last is no direction: as towards zero. */
static const int directions[] = {FP_INT_UPWARD, FP_INT_DOWNWARD, FP_INT_TOWARDZERO, FP_INT_TONEARESTFROMZERO, FP_INT_TONEAREST, 99};
static const unsigned widths[] = {0, 1, 2, 8, 16, 31, 32, 33, 63, 64, 65, 4000000000u};

/* What a conversion raised. */
static const char *raised(void)
{
	static const char *const names[] = {"", " invalid", " inexact", " invalid and inexact"};
	int flags = fetestexcept(FE_ALL_EXCEPT);
	feclearexcept(FE_ALL_EXCEPT);
	if (flags & ~(FE_INVALID | FE_INEXACT))
		return " more";
	return names[(flags & FE_INVALID ? 1 : 0) | (flags & FE_INEXACT ? 2 : 0)];
}

/* A checksum with a result and what it raised. */
static unsigned long add(unsigned long sum, uintmax_t result)
{
	const char *text = raised();
	sum = (sum ^ result) * 0x100000001b3;
	while (*text)
		sum = (sum ^ (unsigned char)*text++) * 0x100000001b3;
	return sum ^ sum >> 32;
}

/* For each direction the 64-bit integer, and a checksum of all functions and widths. */
#define ALL(SUFFIX, TYPE, FORMAT, SIGNED, SIGNED_X, UNSIGNED, UNSIGNED_X)                       \
	static void all##SUFFIX(TYPE value)                                                     \
	{                                                                                       \
		volatile TYPE x = value;                                                        \
		printf(FORMAT ":", value);                                                      \
		for (unsigned i = 0; i < sizeof directions / sizeof *directions; i++) {         \
			unsigned long sum = 0;                                                  \
			for (unsigned j = 0; j < sizeof widths / sizeof *widths; j++) {         \
				int d = directions[i];                                          \
				unsigned w = widths[j];                                         \
				feclearexcept(FE_ALL_EXCEPT);                                   \
				sum = add(sum, (uintmax_t)SIGNED(x, d, w));                     \
				sum = add(sum, (uintmax_t)SIGNED_X(x, d, w));                   \
				sum = add(sum, UNSIGNED(x, d, w));                              \
				sum = add(sum, UNSIGNED_X(x, d, w));                            \
			}                                                                       \
			intmax_t n = SIGNED_X(x, directions[i], 64);                            \
			printf(" %jd%s %lx", n, raised(), sum);                                 \
		}                                                                               \
		printf("\n");                                                                   \
	}
ALL(f, float, "%a", fromfpf, fromfpxf, ufromfpf, ufromfpxf)
ALL(, double, "%a", fromfp, fromfpx, ufromfp, ufromfpx)
ALL(l, long double, "%La", fromfpl, fromfpxl, ufromfpl, ufromfpxl)

int main(void)
{
	static const long double values[] = {
		0.0L, 0.25L, 0.5L, 0.75L, 1, 1.5L, 2.5L, 3.5L, 127, 127.5L, 128, 128.5L, 255.5L, 256, 0x7fffff.8p0L, 0x1p23L, 0x1p24L,
		0x7fffffffp0L, 0x7fffffff.8p0L, 0x80000000p0L, 0xffffffff.8p0L, 0x1p52L, 0xfffffffffffff.8p0L, 0x1p53L, 0x1p62L,
		0x1p63L, 0x7ffffffffffffffep0L, 0x7fffffffffffffffp0L, 0x7fffffffffffff.cp4L, 0x1.fffffffffffffp62L, 0x1.fffffep62L,
		0x1p64L, 0xffffffffffffffffp0L, 0x1.fffffffffffffp63L, 0x7fffffffffffffff.8p0L, 0x3fffffffffffffff.8p0L, 0x1p65L,
		FLT_MAX, FLT_MIN, FLT_TRUE_MIN, DBL_MAX, DBL_MIN, DBL_TRUE_MIN, LDBL_MAX, LDBL_MIN, LDBL_TRUE_MIN, LDBL_EPSILON, 0x1p-64L, 0x1p-65L,
		0x1.8p-65L, INFINITY, NAN,
	};
	for (unsigned i = 0; i < sizeof values / sizeof *values; i++)
		for (int sign = 0; sign < 2; sign++) {
			long double x = copysignl(values[i], sign ? -1 : 1);
			alll(x);
			all((double)x);
			allf((float)x);
		}
	/* The rounding mode has no say. */
	static const int modes[] = {FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
	for (int i = 0; i < 3; i++) {
		fesetround(modes[i]);
		all(2.5);
		alll(-2.5L);
	}
	return 0;
}
