/* expect: not-musl has no char8_t
 * expect: shared-glibc reads its locales from files */
/* char8_t from and to multibyte characters (C23 7.30.2.1, 7.30.2.2). */
#define _GNU_SOURCE
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <uchar.h>
#include <wchar.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
#define CONTINUED ((size_t)-3)
#define INCOMPLETE ((size_t)-2)
#define INVALID ((size_t)-1)

static int failed;

static void decoding(void)
{
	mbstate_t s = {0};
	char8_t u = 0x55;
	CHECK(sizeof u == 1 && (char8_t)-1 > 0);
	CHECK(mbrtoc8(&u, "a", 1, &s) == 1 && u == 'a' && mbsinit(&s));
	CHECK(mbrtoc8(&u, "", 1, &s) == 0 && u == 0 && mbsinit(&s));
	CHECK(mbrtoc8(&u, "a", 0, &s) == INCOMPLETE);
	/* The first unit with the bytes of the character, each of the others without. */
	CHECK(mbrtoc8(&u, "\xc3\xa9z", 3, &s) == 2 && u == 0xc3 && !mbsinit(&s));
	CHECK(mbrtoc8(&u, "z", 1, &s) == CONTINUED && u == 0xa9 && mbsinit(&s));
	CHECK(mbrtoc8(&u, "z", 1, &s) == 1 && u == 'z');
	CHECK(mbrtoc8(&u, "\xf0\x9f\x98\x80", 4, &s) == 4 && u == 0xf0);
	CHECK(mbrtoc8(&u, "", 0, &s) == CONTINUED && u == 0x9f && !mbsinit(&s));
	CHECK(mbrtoc8(NULL, "z", 1, &s) == CONTINUED && u == 0x9f && !mbsinit(&s));
	CHECK(mbrtoc8(&u, "z", 1, &s) == CONTINUED && u == 0x80 && mbsinit(&s));
	/* A character in pieces. */
	CHECK(mbrtoc8(&u, "\xe2", 1, &s) == INCOMPLETE && !mbsinit(&s) && mbrtoc8(&u, "\x82", 1, &s) == INCOMPLETE);
	CHECK(mbrtoc8(&u, "\xac", 1, &s) == 1 && u == 0xe2);
	CHECK(mbrtoc8(&u, "z", 1, &s) == CONTINUED && u == 0x82);
	/* A null string is "" without a place. */
	CHECK(mbrtoc8(NULL, NULL, 0, &s) == CONTINUED && mbsinit(&s));
	u = 0x55;
	CHECK(mbrtoc8(&u, NULL, 0, &s) == 0 && u == 0x55 && mbsinit(&s));
	CHECK(mbrtoc8(NULL, "\xc3\xa9", 2, &s) == 2 && mbrtoc8(&u, "", 1, &s) == CONTINUED && u == 0xa9);
	static const char *const bad[] = {"\x80", "\xff", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
	                                  "\xff\x80\x80\x80", "\xc3z", "\xe2\x82z"};
	for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
		memset(&s, 0, sizeof s);
		errno = 0;
		size_t n = mbrtoc8(&u, bad[i], strlen(bad[i]), &s);
		CHECK(n == INVALID && errno == EILSEQ);
	}
	/* A null state is one of the function's own. */
	CHECK(mbrtoc8(&u, "\xc3\xa9", 2, NULL) == 2 && mbrtoc8(&u, "", 1, NULL) == CONTINUED && u == 0xa9);
}

static void encoding(void)
{
	mbstate_t s = {0};
	char b[16];
	CHECK(c8rtomb(b, 'a', &s) == 1 && b[0] == 'a' && mbsinit(&s));
	CHECK(c8rtomb(b, 0, &s) == 1 && b[0] == 0 && mbsinit(&s));
	CHECK(c8rtomb(NULL, 0xe2, &s) == 1 && mbsinit(&s));
	CHECK(c8rtomb(b, 0xc3, &s) == 0 && !mbsinit(&s) && c8rtomb(b, 0xa9, &s) == 2 && !memcmp(b, "\xc3\xa9", 2) && mbsinit(&s));
	CHECK(c8rtomb(b, 0xf0, &s) == 0 && c8rtomb(b, 0x9f, &s) == 0 && c8rtomb(b, 0x98, &s) == 0 && !mbsinit(&s));
	CHECK(c8rtomb(b, 0x80, &s) == 4 && !memcmp(b, "\xf0\x9f\x98\x80", 4) && mbsinit(&s));
	static const unsigned char bad[][4] = {{0x80}, {0xbf}, {0xc0}, {0xc1}, {0xf5}, {0xff}, {0xc3, 'z'}, {0xc3, 0xc3}, {0xe0, 0x9f},
	                                       {0xed, 0xa0}, {0xf0, 0x8f}, {0xf4, 0x90}, {0xe2, 0x82, 'z'}, {0xf0, 0x9f, 0x98, 0xc0}};
	for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
		memset(&s, 0, sizeof s);
		int last = 3;
		while (!bad[i][last]) last--;
		for (int j = 0; j < last; j++)
			CHECK(c8rtomb(b, bad[i][j], &s) == 0);
		errno = 0;
		CHECK(c8rtomb(b, bad[i][last], &s) == INVALID && errno == EILSEQ);
	}
	/* A null string ends the text in the middle of a character. */
	memset(&s, 0, sizeof s);
	errno = 0;
	CHECK(c8rtomb(b, 0xc3, &s) == 0 && c8rtomb(NULL, 0xa9, &s) == INVALID && errno == EILSEQ);
	CHECK(c8rtomb(b, 0xc3, NULL) == 0 && c8rtomb(b, 0xa9, NULL) == 2);
}

/* Every character there and back. */
static void round_trip(void)
{
	for (unsigned long c = 1; c < 0x110000; c += c < 0x900 ? 1 : 61) {
		if (c >= 0xd800 && c < 0xe000)
			continue;
		char text[8], back[8];
		mbstate_t s = {0}, to = {0};
		size_t length = c32rtomb(text, (char32_t)c, &s), written = 0;
		for (size_t i = 0; i < length; i++) {
			char8_t u = 0;
			size_t expected = i ? CONTINUED : length;
			if (mbrtoc8(&u, text, length, &s) != expected || u != (unsigned char)text[i])
				failed = 1, printf("%lx: unit %zu is %x\n", c, i, u);
			written = c8rtomb(back, u, &to);
			if (written != (i + 1 == length ? length : 0))
				failed = 1, printf("%lx: unit %zu gave %zu\n", c, i, written);
		}
		if (!mbsinit(&s) || !mbsinit(&to) || memcmp(back, text, length))
			failed = 1, printf("%lx\n", c);
	}
}

int main(void)
{
	mbstate_t s = {0};
	char8_t u;
	char b[16];
	/* In the "C" locale only ASCII has units, and only ASCII can be written. */
	errno = 0;
	CHECK(mbrtoc8(&u, "\xe9", 1, &s) == INVALID && errno == EILSEQ);
	memset(&s, 0, sizeof s);
	errno = 0;
	CHECK(c8rtomb(b, 0xc3, &s) == 0 && c8rtomb(b, 0xa9, &s) == INVALID && errno == EILSEQ);
	memset(&s, 0, sizeof s);
	CHECK(mbrtoc8(&u, "q", 1, &s) == 1 && u == 'q' && c8rtomb(b, 'q', &s) == 1 && *b == 'q');
	if (!setlocale(LC_ALL, "C.UTF-8"))
		return 2;
	decoding();
	encoding();
	round_trip();
	return failed;
}
