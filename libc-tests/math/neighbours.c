/* expect: not-musl has no nextup and no llogb */
/* nextup, nextdown and llogb: results and exceptions (C23 7.12.11.5, 7.12.11.6, 7.12.6.10), and what ilogb raises. */
#define _GNU_SOURCE
#include <fenv.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <tgmath.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

static int failed;

static void flags(void)
{
	int set = fetestexcept(FE_ALL_EXCEPT);
	printf("%s%s%s%s%s\n", set & FE_INVALID ? " invalid" : "", set & FE_DIVBYZERO ? " divbyzero" : "", set & FE_OVERFLOW ? " overflow" : "",
	       set & FE_UNDERFLOW ? " underflow" : "", set & FE_INEXACT ? " inexact" : "");
	feclearexcept(FE_ALL_EXCEPT);
}

#define SHOW(SUFFIX, TYPE, FORMAT)                                                          \
	static void show##SUFFIX(TYPE value)                                                \
	{                                                                                   \
		volatile TYPE x = value, r;                                                 \
		feclearexcept(FE_ALL_EXCEPT);                                               \
		r = (nextup##SUFFIX)(x);                                                    \
		printf(FORMAT ": up " FORMAT, value, r);                                    \
		flags();                                                                    \
		r = (nextdown##SUFFIX)(x);                                                  \
		printf(FORMAT ": down " FORMAT, value, r);                                  \
		flags();                                                                    \
		long n = (llogb##SUFFIX)(x);                                                \
		printf(FORMAT ": llogb %ld", value, n);                                     \
		flags();                                                                    \
		n = (ilogb##SUFFIX)(x);                                                     \
		printf(FORMAT ": ilogb %ld", value, n);                                     \
		flags();                                                                    \
	}
SHOW(f, float, "%a")
SHOW(, double, "%a")
SHOW(l, long double, "%La")

int main(void)
{
	CHECK(FP_LLOGB0 == LONG_MIN && FP_LLOGBNAN == LONG_MIN && sizeof FP_LLOGB0 == sizeof(long));
	static const float f[] = {0, 1, 1.5f, 3, 0x1.fffffep0f, FLT_MIN, FLT_TRUE_MIN, 0x0.fffffep-126f, FLT_MAX, INFINITY};
	static const double d[] = {0, 1, 1.5, 3, 0x1.fffffffffffffp0, DBL_MIN, DBL_TRUE_MIN, 0x0.fffffffffffffp-1022, DBL_MAX, INFINITY};
	static const long double l[] = {0, 1, 1.5L, 3, 0x1.fffffffffffffffep0L, LDBL_MIN, LDBL_TRUE_MIN, 0x0.fffffffffffffffep-16382L, LDBL_MAX, INFINITY};
	for (int i = 0; i < 10; i++)
		for (int sign = -1; sign < 2; sign += 2) {
			showf(copysignf(f[i], (float)sign));
			show(copysign(d[i], (double)sign));
			showl(copysignl(l[i], (long double)sign));
		}
	/* A NaN stays one, and a signalling one raises invalid. */
	volatile float nf = __builtin_nanf(""), sf = __builtin_nansf("");
	volatile double nd = __builtin_nan(""), sd = __builtin_nans("");
	volatile long double nl = __builtin_nanl(""), sl = __builtin_nansl("");
	feclearexcept(FE_ALL_EXCEPT);
	CHECK(isnan((nextupf)(nf)) && isnan((nextdownf)(nf)) && isnan((nextup)(nd)) && isnan((nextdown)(nd)));
	CHECK(isnan((nextupl)(nl)) && isnan((nextdownl)(nl)) && !fetestexcept(FE_ALL_EXCEPT));
#define RAISES(CALL) (feclearexcept(FE_ALL_EXCEPT), CALL, fetestexcept(FE_ALL_EXCEPT) == FE_INVALID)
	volatile float rf;
	volatile double rd;
	volatile long double rl;
	CHECK(RAISES(rf = (nextupf)(sf)) && isnan(rf) && RAISES(rf = (nextdownf)(sf)) && isnan(rf));
	CHECK(RAISES(rd = (nextup)(sd)) && isnan(rd) && RAISES(rd = (nextdown)(sd)) && isnan(rd));
	CHECK(RAISES(rl = (nextupl)(sl)) && isnan(rl) && RAISES(rl = (nextdownl)(sl)) && isnan(rl));
	volatile long n;
	CHECK(RAISES(n = (llogbf)(nf)) && n == FP_LLOGBNAN && RAISES(n = (llogb)(nd)) && n == FP_LLOGBNAN);
	CHECK(RAISES(n = (llogbl)(nl)) && n == FP_LLOGBNAN && RAISES(n = (ilogb)(nd)) && n == FP_ILOGBNAN);
	/* The type-generic names. */
	CHECK(sizeof nextup(1.0f) == sizeof(float) && sizeof nextdown(1) == sizeof(double) && sizeof nextup(1.0L) == sizeof(long double));
	CHECK(nextup(1.0f) == 1 + FLT_EPSILON && nextup(1) == 1 + DBL_EPSILON && nextdown(1.0L) == 1 - LDBL_EPSILON / 2);
	CHECK(llogb(8.0f) == 3 && llogb(0x1p-16400L) == -16400 && sizeof llogb(1) == sizeof(long));
	CHECK(roundeven(2.5f) == 2 && roundeven(3.5L) == 4 && fromfp(2.5f, FP_INT_UPWARD, 8) == 3 && ufromfpx(2.5L, FP_INT_DOWNWARD, 8) == 2);
	CHECK(ufromfp(7, 0, 3) == 7 && fromfpx(-8.0L, 0, 4) == -8);
	return failed;
}
