/* expect: not-musl its tables are of another version of Unicode
 * expect: shared-glibc has C.UTF-8 in a file */
/* Every character: classes, case, width, and its bytes and back. A case is a block of 256 characters. */
#define _GNU_SOURCE
#include "fuzz.h"
#include <locale.h>
#include <uchar.h>
#include <wchar.h>
#include <wctype.h>

/* The classes of a character that Unicode has changed since 14, of which glibc's are: marks that are alphabetic, modifier
 * letters that are lower-case, letters whose upper-case form is new. And titlecase letters, which are upper-case to glibc,
 * lower-case as well if they have forms of both, but neither by Unicode (4.2 "Case"). */
static int differs(unsigned c)
{
	static const unsigned ranges[][2] = {{0x19b, 0x19b}, {0x1c5, 0x1c5}, {0x1c8, 0x1c8}, {0x1cb, 0x1cb}, {0x1f2, 0x1f2}, {0x264, 0x264}, {0x295, 0x295}, {0x363, 0x36f},
					     {0xc04, 0xc04}, {0xf82, 0xf83}, {0x10fc, 0x10fc}, {0x1dd3, 0x1de6}, {0x1f88, 0x1f8f}, {0x1f98, 0x1f9f}, {0x1fa8, 0x1faf}, {0x1fbc, 0x1fbc},
					     {0x1fcc, 0x1fcc}, {0x1ffc, 0x1ffc}, {0xa7d3, 0xa7d3}, {0xa7d5, 0xa7d5}, {0xa7f2, 0xa7f4}, {0xab69, 0xab69}, {0x11080, 0x11081}};
	for (unsigned i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (c >= ranges[i][0] && c <= ranges[i][1]) return 1;
	return 0;
}

static void one_case(void)
{
	static const char *classes[] = {"alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "xdigit"};
	/* Beyond U+10FFFF glibc has characters, ISO 10646 none. */
	unsigned first = below(0x1100) << 8;
	for (unsigned at = first; at < first + 256; at++) {
		say("%x:", at);
		int newer = differs(at);
		for (int i = 0; i < 12 && !newer; i++) say("%d", iswctype(at, wctype(classes[i])) != 0);
		say(" %x %x %d", newer ? 0 : towlower(at), newer ? 0 : towupper(at), wcwidth(at));
		char bytes[16], again[16];
		mbstate_t state = {0};
		size_t n = wcrtomb(bytes, at, &state);
		say(" %zd ", (ssize_t)n);
		if (n == (size_t)-1) {
			say("\n");
			continue;
		}
		say_bytes(bytes, n);
		wchar_t back = 0x5555;
		size_t used = mbrtowc(&back, bytes, n, &state);
		char32_t whole = 0x5555;
		char16_t half = 0x5555;
		say(" %zd %x", (ssize_t)used, back);
		say(" %zd", (ssize_t)mbrtoc32(&whole, bytes, n, &state));
		say(" %x", whole);
		memset(&state, 0, sizeof state);
		say(" %zd %x", (ssize_t)mbrtoc16(&half, bytes, n, &state), half);
		used = 0;
		if (half >= 0xd800 && half < 0xdc00) {
			c16rtomb(again, half, &(mbstate_t){0});
			say(" %zd", (ssize_t)mbrtoc16(&half, "", 0, &state));
			say(" %x", half);
		}
		say("\n");
	}
}

int main(int argc, char **argv)
{
	if (!setlocale(LC_ALL, "C.UTF-8")) return 1;
	return fuzz(argc, argv, one_case, 100, 10);
}
