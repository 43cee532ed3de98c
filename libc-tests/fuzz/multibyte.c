/* expect: not-musl it converts the bytes of the C locale to values of its own and leaves other states
 * expect: shared-glibc has C.UTF-8 in a file */
/* Multibyte conversions with states, in pieces: the functions of wchar.h, stdlib.h and uchar.h. */
#define _GNU_SOURCE
#include "fuzz.h"
#include <locale.h>
#include <uchar.h>
#include <wchar.h>

static unsigned char bytes[128];
static size_t length;

/* Whole characters, pieces, and what is none; null bytes as well. */
static void make(void)
{
	static const char *whole[] = {"a", "zz top", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf"};
	static const char *broken[] = {"\xc3", "\xe2\x82", "\xf0\x9f\x98", "\x80", "\xbf", "\xff", "\xc0", "\xe2", "\xf0\x9f"};
	length = 0;
	for (unsigned count = below(8); count > 0; count--) {
		const char *piece = below(5) ? pick(whole) : pick(broken);
		memcpy(bytes + length, piece, strlen(piece));
		length += strlen(piece);
		if (below(12) == 0) bytes[length++] = 0;
	}
	bytes[length] = 0;
}

static void show(const char *what, size_t result)
{
	say("%s %zd", what, (ssize_t)result);
	if ((ssize_t)result == -1) say(" %s", error_name(errno));
}

static void in_pieces(void)
{
	unsigned how = below(4);
	mbstate_t state = {0};
	size_t at = 0;
	while (at <= length) {
		size_t n = 1 + below(5), used;
		if (n > length + 1 - at) n = length + 1 - at;
		const char *from = (char *)bytes + at;
		errno = 0;
		if (how == 0) {
			wchar_t wide = 0x5555;
			used = mbrtowc(below(4) ? &wide : NULL, from, n, &state);
			show("mbrtowc", used);
			say(" %x", wide);
		} else if (how == 1) {
			used = mbrlen(from, n, &state);
			show("mbrlen", used);
		} else if (how == 2) {
			char16_t wide = 0x5555;
			used = mbrtoc16(&wide, from, n, &state);
			show("mbrtoc16", used);
			say(" %x", wide);
		} else {
			char32_t wide = 0x5555;
			used = mbrtoc32(&wide, from, n, &state);
			show("mbrtoc32", used);
			say(" %x", wide);
		}
		if (used == (size_t)-1) return; /* the state is then unspecified */
		say(" %d\n", mbsinit(&state) != 0);
		if (used == (size_t)-2) at += n;
		else if (used != (size_t)-3) at += used ? used : 1;
		/* A null may end in the middle of what was given; how many bytes came before it is not told. */
		if (used == 0) {
			at = strlen((char *)bytes) + 1;
			return;
		}
	}
}

static void back(void)
{
	static const unsigned values[] = {'a', 0, 0xe9, 0x7ff, 0x800, 0x20ac, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x1f600, 0x10ffff, 0xd800, 0xdc00, 0xdf80, 0xdfff};
	mbstate_t state = {0};
	char out[32];
	unsigned how = below(3);
	for (unsigned count = below(10); count > 0; count--) {
		unsigned value = pick(values);
		size_t n;
		errno = 0;
		if (how == 0) n = wcrtomb(out, value, &state);
		else if (how == 1) {
			if (value > 0xffff) {
				/* A pair, at times broken. */
				n = c16rtomb(out, 0xd800 + (value - 0x10000 >> 10), &state);
				show("c16rtomb", n);
				if (n == (size_t)-1) return;
				value = below(6) ? 0xdc00 + (value & 0x3ff) : 'x';
			}
			n = c16rtomb(out, value, &state);
		} else n = c32rtomb(out, value, &state);
		show(" wcrtomb", n);
		say(" %x ", value);
		if (n == (size_t)-1) return;
		say_bytes(out, n);
		say("\n");
	}
}

static void strings(void)
{
	wchar_t wide[64];
	char narrow[256];
	for (int i = 0; i < 64; i++) wide[i] = 0x5555;
	memset(narrow, 0x55, sizeof narrow);
	const char *from = (char *)bytes;
	mbstate_t state = {0};
	size_t room = below(3) ? 64 : below(12), n;
	unsigned how = below(5);
	errno = 0;
	switch (how) {
	case 0: n = mbstowcs(below(4) ? wide : NULL, from, room); break;
	case 1: n = mbsrtowcs(wide, &from, room, &state); break;
	case 2: n = mbsnrtowcs(wide, &from, below(20), room, &state); break;
	case 3: n = mbsrtowcs(NULL, &from, room, &state); break;
	case 4: n = mbsnrtowcs(NULL, &from, below(20), room, &state); break;
	}
	show("mbstowcs", n);
	/* glibc goes on to the middle of what is none; the standard leaves it behind the last character. */
	say(" %d %d %d\n", how, n == (size_t)-1 ? -2 : from ? (int)(from - (char *)bytes) : -1, n == (size_t)-1 ? 0 : mbsinit(&state) != 0);
	if (n != (size_t)-1) say_wide(wide, n < 64 ? n : 64);
	if (n == (size_t)-1 || how > 2) return;
	if (n > 63) n = 63;
	wide[n] = 0;
	for (size_t i = 0; i < n; i++)
		if (wide[i] == 0x5555) return;
	const wchar_t *source = wide;
	memset(&state, 0, sizeof state);
	room = below(3) ? 256 : below(20);
	how = below(5);
	errno = 0;
	switch (how) {
	case 0: n = wcstombs(narrow, wide, room); break;
	case 1: n = wcsrtombs(narrow, &source, room, &state); break;
	case 2: n = wcsnrtombs(narrow, &source, below(10), room, &state); break;
	case 3: n = wcstombs(NULL, wide, room); break;
	case 4: n = wcsnrtombs(NULL, &source, below(10), room, &state); break;
	}
	show("wcstombs", n);
	say(" %d %d", how, source ? (int)(source - wide) : -1);
	if (how < 3 && n != (size_t)-1) say_bytes(narrow, n < room ? n : room);
	say("\n");
}

static void one_case(void)
{
	make();
	const char *locale = below(4) ? "C.UTF-8" : "C";
	if (!setlocale(LC_ALL, locale)) say("no locale\n");
	/* Bytes from 128 on are characters of tlibc's C locale (POSIX.1-2024 6.2) and none of glibc's. */
	if (locale[1] == 0)
		for (size_t i = 0; i < length; i++) bytes[i] &= 0x7f;
	say_bytes(bytes, length);
	say("%s\n", locale);
	switch (below(3)) {
	case 0: in_pieces(); break;
	case 1:
		if (locale[1]) back();
		break;
	case 2: strings(); break;
	}
}

int main(int argc, char **argv)
{
	return fuzz(argc, argv, one_case, 6000, 300);
}
