/* expect: not-musl has no femode_t */
/* fegetmode, fesetmode, fesetexcept and fetestexceptflag (C23 7.6.4.4, 7.6.4.6, 7.6.5): the modes apart from the flags. */
#define _GNU_SOURCE
#include <fenv.h>
#include <math.h>
#include <stdio.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void)
{
	int failed = 0;
	femode_t first, upward, trapping;
	fexcept_t flag;
	CHECK(sizeof first == 8 && _Alignof(femode_t) == 4);
	CHECK(fegetmode(&first) == 0);
	feclearexcept(FE_ALL_EXCEPT);
	fesetround(FE_UPWARD);
	CHECK(fegetmode(&upward) == 0);
	/* Modes come back, and flags stay, in both units. */
	feraiseexcept(FE_DIVBYZERO);
	CHECK(fesetmode(&first) == 0 && fegetround() == FE_TONEAREST && fetestexcept(FE_ALL_EXCEPT) == FE_DIVBYZERO);
	feclearexcept(FE_ALL_EXCEPT);
	feraiseexcept(FE_UNDERFLOW);
	CHECK(fesetmode(&upward) == 0 && fegetround() == FE_UPWARD && fetestexcept(FE_ALL_EXCEPT) == FE_UNDERFLOW);
	volatile double half = 2.5;
	volatile long double long_half = 2.5L;
	CHECK(rint(half) == 3 && rintl(long_half) == 3 && nearbyintl(-long_half) == -2);
	CHECK(fesetmode(FE_DFL_MODE) == 0 && fegetround() == FE_TONEAREST && rint(half) == 2 && rintl(long_half) == 2);
	CHECK(fetestexcept(FE_UNDERFLOW) == FE_UNDERFLOW);
	/* Which exceptions trap is a mode. */
	feclearexcept(FE_ALL_EXCEPT);
	feenableexcept(FE_DIVBYZERO);
	CHECK(fegetmode(&trapping) == 0);
	CHECK(fesetmode(FE_DFL_MODE) == 0 && fegetexcept() == 0);
	CHECK(fesetmode(&trapping) == 0 && fegetexcept() == FE_DIVBYZERO);
	CHECK(fesetmode(&first) == 0 && fegetexcept() == 0);
	/* Flags alone. */
	feclearexcept(FE_ALL_EXCEPT);
	CHECK(fesetexcept(FE_OVERFLOW | FE_INEXACT) == 0 && fetestexcept(FE_ALL_EXCEPT) == (FE_OVERFLOW | FE_INEXACT));
	CHECK(fesetexcept(0) == 0 && fetestexcept(FE_ALL_EXCEPT) == (FE_OVERFLOW | FE_INEXACT));
	CHECK(fegetexceptflag(&flag, FE_ALL_EXCEPT) == 0);
	feclearexcept(FE_ALL_EXCEPT);
	CHECK(fetestexceptflag(&flag, FE_ALL_EXCEPT) == (FE_OVERFLOW | FE_INEXACT));
	CHECK(fetestexceptflag(&flag, FE_OVERFLOW | FE_INVALID) == FE_OVERFLOW && fetestexceptflag(&flag, FE_INVALID) == 0);
	CHECK(fetestexcept(FE_ALL_EXCEPT) == 0);
	return failed;
}
