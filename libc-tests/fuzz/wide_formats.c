/* expect: not-musl it has no %m$ with widths of its own, other texts for null pointers, and stops at other places
 * expect: shared-glibc has C.UTF-8 in a file */
/* swprintf, swscanf, wcstol and its kin, wcstod and its kin: random formats, numbers and texts. */
#define _GNU_SOURCE
#include "fuzz.h"
#include <float.h>
#include <locale.h>
#include <math.h>
#include <wchar.h>

static double number(void)
{
	union {
		uint64_t bits;
		double value;
	} any;
	switch (below(6)) {
	case 0: any.bits = (uint64_t)below(1u << 31) << 33 ^ (uint64_t)below(1u << 31) << 2 ^ below(4); return any.value;
	case 1: return below(100000) / 1000.0;
	case 2: return -(double)below(1000000) - 0.5;
	case 3: return ldexp(1 + below(3), (int)below(2100) - 1074);
	case 4: return (double[]){0, -0.0, INFINITY, -INFINITY, NAN, 9.5}[below(6)];
	}
	return below(1000);
}

static void print(void)
{
	static const char *flags[] = {"", "", "-", "+", " ", "#", "0", "-#", "+0", "#0"};
	static const char *lengths[] = {"", "hh", "h", "l", "ll", "j", "z", "t"};
	static const wchar_t *wides[] = {L"", L"wide", L"\xe9\x20ac\x1f600", L"a longer text"};
	static const char *narrows[] = {"", "narrow", "\xc3\xa9\xe2\x82\xac!", "abc\xf0\x9f\x98\x80"};
	char narrow[128] = "<%";
	strcat(narrow, pick(flags));
	if (below(2)) sprintf(narrow + strlen(narrow), "%u", below(40));
	if (below(2)) sprintf(narrow + strlen(narrow), ".%u", below(20));
	wchar_t format[64], out[128];
	size_t room = below(3) ? 128 : below(20);
	unsigned what = below(5);
	const char *conversion;
	if (what == 0) {
		strcat(narrow, pick(lengths));
		sprintf(narrow + strlen(narrow), "%c", "diuoxX"[below(6)]);
	} else if (what == 1) {
		sprintf(narrow + strlen(narrow), "%s%c", below(3) ? "" : "l", "eEfFgGaA"[below(8)]);
	} else if (what == 2) {
		strcat(narrow, below(2) ? "ls" : "S");
	} else if (what == 3) {
		strcat(narrow, "s");
	} else {
		strcat(narrow, below(2) ? "lc" : "c");
	}
	strcat(narrow, ">%d");
	mbstowcs(format, narrow, 64);
	for (int i = 0; i < 128; i++) out[i] = 'U';
	errno = 0;
	int n;
	if (what == 0) n = swprintf(out, room, format, (long long)((uint64_t)below(1u << 31) << 33 ^ below(1u << 31)) >> below(64), 5);
	else if (what == 1) n = swprintf(out, room, format, number(), 5);
	else if (what == 2) n = swprintf(out, room, format, pick(wides), 5);
	else if (what == 3) n = swprintf(out, room, format, pick(narrows), 5);
	else n = swprintf(out, room, format, below(3) ? 'c' : 0xe9, 5);
	say("swprintf %s %zu: %d", narrow, room, n);
	if (n >= 0) say_wide((int *)out, n);
	say("\n");
}

static void text(char *to)
{
	static const char *pieces[] = {"0", "1", "12", "-", "+", "0x1F", "7.5", ".", "e-3", "p2", "inf", "abc", "y", " ", ",", "99999999999999999999",
				       "\t", "1e400", "\xc3\xa9", "\xe2\x82\xac", "\xe2\x80\x83", "\n", "077", "word"};
	*to = 0;
	for (unsigned count = below(9); count > 0; count--) strcat(to, pick(pieces));
}

static void scan(void)
{
	static const char *conversions[] = {"d", "i", "lx", "hhu", "o", "f", "lf", "Lf", "9ls", "9s", "7l[a-f0-9]", "7[a-f\xc3\xa9]", "7l[^y ]", "3c", "2lc", "n", "u", "5d", "1c", "lc"};
	static const char *separators[] = {"", "", " ", ",", "y", "%%"};
	char format[128] = "", input[256];
	wchar_t wide_format[128], wide_input[256];
	struct {
		char bytes[64];
	} to[4];
	for (unsigned count = 1 + below(4); count > 0; count--) {
		strcat(format, "%");
		const char *conversion = pick(conversions);
		/* glibc counts the bytes of %*l[ and the characters of %l[. */
		if (*conversion != 'n' && !strstr(conversion, "l[") && below(5) == 0) strcat(format, "*");
		strcat(format, conversion);
		strcat(format, pick(separators));
	}
	text(input);
	mbstowcs(wide_format, format, 128);
	mbstowcs(wide_input, input, 256);
	memset(to, 0, sizeof to); /* glibc writes a second null at times */
	/* %9s, %3c and %1c may end in the middle of a character, and what begins there is an encoding error for %l[ (C23 7.23.6.2
	 * paragraph 12); glibc takes it. */
	int wide = below(3) || strstr(format, "l[");
	int n = wide ? swscanf(wide_input, wide_format, to, to + 1, to + 2, to + 3) : sscanf(input, format, to, to + 1, to + 2, to + 3);
	/* A conversion that is not assigned has completed all the same (C23 7.23.6.2); glibc answers EOF if only such have. */
	if (n < 1 && strchr(format, '*')) n = 0;
	say("swscanf ");
	say_bytes(format, strlen(format));
	say_bytes(input, strlen(input));
	say(" %d", n);
	for (int i = 0; i < 4; i++) say_bytes(to[i].bytes, 64);
	say("\n");
}

static void convert(void)
{
	char input[256];
	wchar_t wide[256], *end;
	text(input);
	mbstowcs(wide, input, 256);
	say_bytes(input, strlen(input));
	int base = (int[]){0, 0, 10, 16, 8, 2, 36, 7, 37, 1}[below(10)];
	union {
		double d;
		float f;
		long double l;
		uint64_t bits[2];
	} value = {.bits = {0, 0}};
	errno = 0;
	switch (below(8)) {
	case 0: say(" wcstol %d %ld", base, wcstol(wide, &end, base)); break;
	case 1: say(" wcstoul %d %lu", base, wcstoul(wide, &end, base)); break;
	case 2: say(" wcstoll %d %lld", base, wcstoll(wide, &end, base)); break;
	case 3: say(" wcstoull %d %llu", base, wcstoull(wide, &end, base)); break;
	case 4: say(" wcstoimax %jd", (intmax_t)wcstoll(wide, &end, base)); break;
	case 5: value.d = wcstod(wide, &end); break;
	case 6: value.f = wcstof(wide, &end); break;
	case 7: value.l = wcstold(wide, &end); break;
	}
	value.bits[1] &= 0xffff;
	int error = errno;
	say(" %llx %llx %s", (unsigned long long)value.bits[1], (unsigned long long)value.bits[0], error_name(error));
	if (base != 37 && base != 1) say(" %d", (int)(end - wide));
	say("\n");
}

static void one_case(void)
{
	switch (below(3)) {
	case 0: print(); break;
	case 1: scan(); break;
	case 2: convert(); break;
	}
}

int main(int argc, char **argv)
{
	if (!setlocale(LC_ALL, "C.UTF-8")) return 1;
	return fuzz(argc, argv, one_case, 6000, 300);
}
