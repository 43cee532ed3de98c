/* expect: not-musl it writes an asterisk for what the target lacks, and no byte order marks */
/* expect: shared-glibc loads libraries for it */
/* iconv between all pairs: input in pieces, little room, and bytes that are no text. */
#define _GNU_SOURCE
#include "fuzz.h"
#include <iconv.h>

static void one_case(void)
{
	static const char *sets[] = {"UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE", "UTF-32BE", "UCS-4", "UCS-2LE", "UCS-2BE", "ISO-8859-1", "US-ASCII", "WCHAR_T"};
	static const unsigned values[] = {'a', 'z', '0', ' ', 0xe9, 0xff, 0x20ac, 0x7ff, 0x800, 0xffff, 0x10000, 0x1f600, 0x10ffff, 'b', 0xd7ff, 0xe000};
	const char *from = pick(sets), *to = pick(sets);
	/* glibc has no conversion of this set to itself. */
	if (!strcmp(from, to)) to = "UTF-8";
	char input[256], output[1024];
	size_t length = 0;
	/* Text of the set, made from UTF-32LE. */
	unsigned text[16];
	unsigned count = below(10);
	unsigned limit = strstr(from, "8859") ? 0x100 : strstr(from, "ASCII") ? 0x80 : strstr(from, "UCS-2") ? 0x10000 : 0x110000;
	for (unsigned i = 0; i < count; i++) {
		text[i] = pick(values);
		if (text[i] >= limit) text[i] = 'q';
	}
	iconv_t cd = iconv_open(from, "UTF-32LE");
	if (cd == (iconv_t)-1) {
		say("no %s\n", from);
		return;
	}
	char *in = (char *)text, *out = input;
	size_t left = count * 4, room = sizeof input;
	if (iconv(cd, &in, &left, &out, &room) == (size_t)-1) say("not made: %s\n", error_name(errno));
	length = out - input;
	iconv_close(cd);
	/* Beyond U+10FFFF glibc has characters in these. */
	int is_wide = !strcmp(from, "WCHAR_T") || !strcmp(from, "UCS-4");
	int spoiled = below(3) == 0 && length > 0 && !is_wide;
	if (spoiled) input[below(length)] = (char[]){0x80, 0xff, 0xd8, 0xdc, 0xc0, 0xf0}[below(6)];
	/* The start of more bytes than the character needs: glibc waits for the rest of what can't be one. */
	for (size_t i = 0; i + 1 < length && spoiled; i++) {
		if ((unsigned char)input[i] == 0xf0 && (input[i + 1] & 0xf0) == 0x80) input[i] = 0xff;
		if ((unsigned char)input[i] == 0xe0 && (input[i + 1] & 0xe0) == 0x80) input[i] = 0xff;
	}
	if (spoiled && !strncmp(to, "UTF-", 4) && to[4] != '8' && strlen(to) == 6) to = "UTF-8";
	if (below(4) == 0 && length > 0) length -= 1 + below(length > 3 ? 3 : length);
	cd = iconv_open(to, from);
	say("%s to %s ", from, to);
	say_bytes(input, length);
	say("\n");
	in = input;
	out = output;
	size_t given = 0;
	for (int steps = 0; steps < 60; steps++) {
		size_t piece = below(3) ? 1 + below(9) : length;
		if ((size_t)(in - input) + piece > length) piece = length - (in - input);
		left = piece;
		room = below(3) ? 200 : below(9);
		/* The byte order mark glibc writes before it looks at the input. */
		if (to[strlen(to) - 1] < 'A' && !spoiled && strstr(to, "UTF-") && to[4] != '8') {
			piece = length - (in - input);
			if (steps > 0 || piece == 0) break;
			left = piece;
			room = 200;
		}
		size_t space = room;
		if ((size_t)(out - output) + room > sizeof output) break;
		char *before = out;
		errno = 0;
		size_t result = iconv(cd, &in, &left, &out, &room);
		int error = result == (size_t)-1 ? errno : 0;
		/* Which error it is where there is little room and the input is short or wrong, is free. */
		say("%zu of %zu into %zu: %zd %s ", piece - left, piece, space, (ssize_t)result, space < 9 && error ? "stopped" : error_name(error));
		/* Nor is the byte order mark told where there is no whole character. */
		say_bytes(before, left == piece ? 0 : out - before);
		say("\n");
		if (error == EILSEQ && space > 9) break;
		if (error == EINVAL && space > 9 && (size_t)(in - input) + left == length) break;
		if (in == input + length && !error) break;
	}
	room = 64;
	say("reset %zd", (ssize_t)iconv(cd, NULL, NULL, &out, &room));
	say(" %zu\n", 64 - room);
	iconv_close(cd);
}

int main(int argc, char **argv)
{
	return fuzz(argc, argv, one_case, 1500, 75);
}
