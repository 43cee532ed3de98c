/* expect: not-musl it raises other exceptions */
/* What long double and complex functions do at the edges, in every rounding direction: the exceptions invalid, division by
 * zero and overflow, and the kind and sign of the result (C23 annexes F and G). */
#define _GNU_SOURCE
#include "fuzz.h"
#include <complex.h>
#include <fenv.h>
#include <math.h>

typedef long double real;
typedef long double complex number;

static volatile real x, y, result;
static volatile number z, w, value;
static volatile double complex narrow;
static volatile float complex narrowest;

static real edge(void)
{
	static const real edges[] = {0, 1, 0.5L, 2, 3, 1.5L, 0x1p-16445L, 0x1p-16382L, 0x1p-1074L, 0x1p-149L, 0x1p16383L, 0x1.fffp16383L, 0x1.fp1023L, 0x1p127L, 11355, 11357, 11400, 710, 745, 88,
				     1e10L, 1e-10L, 0.7853981633974483L, 1.5707963267948966L, 3.141592653589793L, 170.5L, 1755, 1756, 0x1p64L, 0x1p63L, 1 - 0x1p-64L, 1 + 0x1p-63L};
	real at = below(8) ? pick(edges) : below(2) ? INFINITY : NAN;
	return below(2) ? -at : at;
}

static void kind(real at, real tiny, real great)
{
	/* How near a result comes to the smallest normal number is a matter of accuracy: of atanh upwards it must be above. */
	tiny *= 1.25L;
	/* Where a NaN goes in, invalid is optional. Beyond the smallest and the greatest numbers the direction decides; the exception tells. */
	if (fabsl(at) >= great) at = copysignl(INFINITY, at);
	say(" %s%s", isnan(at) ? "" : signbit(at) ? "-" : "+", isnan(at) ? "nan" : isinf(at) ? "inf" : fabsl(at) <= tiny ? "0" : "finite");
}

/* The parts of a complex number: beside a NaN the sign is often left open. */
static void parts(real at, real other, real tiny, real great)
{
	kind(isnan(other) ? fabsl(at) : at, tiny, great);
	kind(isnan(at) ? fabsl(other) : other, tiny, great);
}

#define UNARY(name) {#name, name##l}
static const struct {
	const char *name;
	real (*function)(real);
} unary[] = {UNARY(exp), UNARY(exp2), UNARY(exp10), UNARY(expm1), UNARY(log), UNARY(log2), UNARY(log10), UNARY(log1p), UNARY(cbrt), UNARY(sqrt), UNARY(sin), UNARY(cos), UNARY(tan),
	     UNARY(asin), UNARY(acos), UNARY(atan), UNARY(sinh), UNARY(cosh), UNARY(tanh), UNARY(asinh), UNARY(acosh), UNARY(atanh), UNARY(erf), UNARY(erfc), UNARY(tgamma), UNARY(lgamma),
	     UNARY(rint), UNARY(nearbyint), UNARY(trunc), UNARY(floor), UNARY(ceil), UNARY(round), UNARY(roundeven), UNARY(logb), UNARY(fabs)};
static const struct {
	const char *name;
	real (*function)(real, real);
} binary[] = {UNARY(pow), UNARY(hypot), UNARY(atan2), UNARY(fmod), UNARY(remainder), UNARY(fdim), UNARY(fmax), UNARY(fmin), UNARY(nextafter), UNARY(copysign)};
static const struct {
	const char *name;
	number (*function)(number);
	double complex (*of_double)(double complex);
	float complex (*of_float)(float complex);
} complexes[] = {
#define COMPLEX(name) {#name, name##l, name, name##f}
	COMPLEX(cacos), COMPLEX(casin), COMPLEX(catan), COMPLEX(cacosh), COMPLEX(casinh), COMPLEX(catanh), COMPLEX(ccos), COMPLEX(csin), COMPLEX(ctan), COMPLEX(ccosh), COMPLEX(csinh),
	COMPLEX(ctanh), COMPLEX(cexp), COMPLEX(clog), COMPLEX(csqrt), COMPLEX(conj), COMPLEX(cproj)};

static void exceptions(void)
{
	int raised = fetestexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW);
	fesetround(FE_TONEAREST);
	/* Some builds of glibc overflow on the way to an invalid result. */
	if (raised & FE_INVALID) raised &= ~FE_OVERFLOW;
	say(" %s%s%s", raised & FE_INVALID && !(isnan(x) || isnan(y)) ? "invalid " : "", raised & FE_DIVBYZERO ? "pole " : "", raised & FE_OVERFLOW ? "overflow " : "");
}

static void one_case(void)
{
	static const int directions[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
	unsigned direction = below(4), at;
	x = edge();
	y = edge();
	z = CMPLXL(x, y);
	feclearexcept(FE_ALL_EXCEPT);
	switch (below(5)) {
	case 0:
	case 1:
		at = below(sizeof unary / sizeof *unary);
		say("%s %La in %u:", unary[at].name, x, direction);
		feclearexcept(FE_ALL_EXCEPT);
		fesetround(directions[direction]);
		result = unary[at].function(x);
		exceptions();
		/* It is +0 for 1 and 2 in all directions; glibc rounds -0 down. */
		if (unary[at].function == lgammal && result == 0) result = 0;
		kind(result, 0x1p-16382L, 0x1.fffffffffffffffep16383L);
		break;
	case 2:
		at = below(sizeof binary / sizeof *binary);
		/* Of two zeros glibc's fmax takes any, where +0 is the greater ideally (C23 F.10.10.2). */
		if (x == 0 && y == 0 && (binary[at].function == fmaxl || binary[at].function == fminl)) y = x;
		if (binary[at].function == powl) {
			/* It overflows on the way to results that are exact (C23 F.10.5.4: as the result does), and takes a great even
			 * exponent of -inf for its negative. */
			if (fabsl(y) == 1) y = copysignl(2, y);
			if (isinf(x) && fabsl(y) >= 0x1p63L) y = copysignl(4, y);
		}
		say("%s %La %La in %u:", binary[at].name, x, y, direction);
		feclearexcept(FE_ALL_EXCEPT);
		fesetround(directions[direction]);
		result = binary[at].function(x, y);
		exceptions();
		kind(result, 0x1p-16382L, 0x1.fffffffffffffffep16383L);
		break;
	case 3:
		at = below(sizeof complexes / sizeof *complexes);
		say("%s %La %La in %u:", complexes[at].name, x, y, direction);
		feclearexcept(FE_ALL_EXCEPT);
		fesetround(directions[direction]);
		value = complexes[at].function(z);
		exceptions();
		parts(creall(value), cimagl(value), 0x1p-16382L, 0x1.fffffffffffffffep16383L);
		break;
	case 4:
		at = below(sizeof complexes / sizeof *complexes);
		narrow = CMPLX((double)x, (double)y);
		say("%s double %a %a in %u:", complexes[at].name, creal(narrow), cimag(narrow), direction);
		feclearexcept(FE_ALL_EXCEPT);
		fesetround(directions[direction]);
		narrow = complexes[at].of_double(narrow);
		exceptions();
		parts(creal(narrow), cimag(narrow), 0x1p-1022L, 0x1.fffffffffffffp1023L);
		break;
	}
	say("\n");
}

int main(int argc, char **argv)
{
	return fuzz(argc, argv, one_case, 4000, 200);
}
