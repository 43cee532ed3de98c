/* expect: not-musl it has none of C23's widths
   The widths of the integer types (C23 5.2.5.3.2 and 7.22.3): as many bits as the types have. */
#define _GNU_SOURCE
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <wchar.h>

#define CHECK(name, type) \
	if (name##_WIDTH != 8 * sizeof(type)) printf(#name " is %d\n", (int)name##_WIDTH), wrong++;

int main(void)
{
	int wrong = 0;
	CHECK(CHAR, char) CHECK(SCHAR, signed char) CHECK(UCHAR, unsigned char) CHECK(SHRT, short) CHECK(USHRT, unsigned short) CHECK(INT, int)
	CHECK(UINT, unsigned) CHECK(LONG, long) CHECK(ULONG, unsigned long) CHECK(LLONG, long long) CHECK(ULLONG, unsigned long long)
	CHECK(INT8, int8_t) CHECK(INT16, int16_t) CHECK(INT32, int32_t) CHECK(INT64, int64_t)
	CHECK(UINT8, uint8_t) CHECK(UINT16, uint16_t) CHECK(UINT32, uint32_t) CHECK(UINT64, uint64_t)
	CHECK(INT_LEAST8, int_least8_t) CHECK(INT_LEAST16, int_least16_t) CHECK(INT_LEAST32, int_least32_t) CHECK(INT_LEAST64, int_least64_t)
	CHECK(UINT_LEAST8, uint_least8_t) CHECK(UINT_LEAST16, uint_least16_t) CHECK(UINT_LEAST32, uint_least32_t) CHECK(UINT_LEAST64, uint_least64_t)
	CHECK(INT_FAST8, int_fast8_t) CHECK(INT_FAST16, int_fast16_t) CHECK(INT_FAST32, int_fast32_t) CHECK(INT_FAST64, int_fast64_t)
	CHECK(UINT_FAST8, uint_fast8_t) CHECK(UINT_FAST16, uint_fast16_t) CHECK(UINT_FAST32, uint_fast32_t) CHECK(UINT_FAST64, uint_fast64_t)
	CHECK(INTPTR, intptr_t) CHECK(UINTPTR, uintptr_t) CHECK(INTMAX, intmax_t) CHECK(UINTMAX, uintmax_t)
	CHECK(PTRDIFF, ptrdiff_t) CHECK(SIZE, size_t) CHECK(SIG_ATOMIC, sig_atomic_t) CHECK(WCHAR, wchar_t) CHECK(WINT, wint_t)
#if BOOL_WIDTH != 1 || BOOL_MAX != 1
	wrong++;
#endif
	printf("%d %d %d %d %d\n", FP_INT_UPWARD, FP_INT_DOWNWARD, FP_INT_TOWARDZERO, FP_INT_TONEARESTFROMZERO, FP_INT_TONEAREST);
	return wrong;
}
