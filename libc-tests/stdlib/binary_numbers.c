/* expect: not-glibc before 2.38 reads no binary numbers
 * expect: not-musl reads no binary numbers */
/* C23: strtol, wcstol, scanf and the like take 0b101 in base 2 and where the text tells the base (C23 7.24.1.7, 7.23.6.2). */
#define _GNU_SOURCE
#include "binary_numbers.h"
#include <errno.h>
#include <limits.h>
#include <string.h>

static int failed;
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

/* What a text is for the strtol family in base 0 and 2, and for %i: that matches nothing where a number only starts. */
static const struct {
	const char *text;
	long value, taken;
	long two, two_taken;
	long scanned;
} cases[] = {
	{"0b101", 5, 5, 5, 5, 5},
	{"0B11x", 3, 4, 3, 4, 4},
	{"-0b1", -1, 4, -1, 4, 4},
	{" +0b0", 0, 5, 0, 5, 5},
	{"0b102", 2, 4, 2, 4, 4},
	{"0b", 0, 1, 0, 1, -1},
	{"0b2", 0, 1, 0, 1, -1},
	{"-0bx", 0, 2, 0, 2, -1},
	{"00b1", 0, 2, 0, 2, 2},
	{"101", 101, 3, 5, 3, 3},
	{"b1", 0, 0, 0, 0, -1},
	{"0x1f", 31, 4, 0, 1, 4},
};

int main(void)
{
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		read_all(cases[i].text);
		for (int j = 0; j < count; j++) {
			const struct reading *r = &readings[j];
			long value = r->base ? cases[i].two : cases[i].value;
			long taken = r->base ? cases[i].two_taken : cases[i].taken;
			if (strstr(r->name, "scanf")) {
				taken = cases[i].scanned;
				value = taken < 0 ? 0 : cases[i].value;
			}
			if (r->value != value || r->taken != taken) {
				printf("%s %s %d: %ld %ld\n", cases[i].text, r->name, r->base, r->value, r->taken);
				failed = 1;
			}
		}
	}
	char *end;
	char most[80] = "0b";
	memset(most + 2, '1', 64);
	errno = 0;
	CHECK(strtoul(most, &end, 0) == ULONG_MAX && *end == 0 && errno == 0);
	CHECK(strtol(most, &end, 2) == LONG_MAX && *end == 0 && errno == ERANGE);
	errno = 0;
	strcat(most, "1");
	CHECK(strtoul(most, &end, 2) == ULONG_MAX && *end == 0 && errno == ERANGE);
	errno = 0;
	CHECK(strtol("0b1", &end, 1) == 0 && errno == EINVAL);
	/* In other bases b is a digit or none. */
	CHECK(strtol("0b1", &end, 16) == 0xb1 && *end == 0);
	CHECK(strtol("0b1", &end, 10) == 0 && *end == 'b');
	CHECK(strtol("12345678901234567890", &end, 10) == LONG_MAX && strtol("-12 ", &end, 10) == -12 && *end == ' ');
	/* %b is base 2, with or without the prefix; the width counts the prefix. */
	unsigned first = 0, second = 0;
	char letter = 0;
	CHECK(sscanf("0b101 11", "%b%b", &first, &second) == 2 && first == 5 && second == 3);
	CHECK(sscanf("0b1101", "%4b%b", &first, &second) == 2 && first == 3 && second == 1);
	CHECK(sscanf("0b1101", "%3i%i", &first, &second) == 2 && first == 1 && second == 101);
	CHECK(sscanf("0b2", "%b", &first) == 0 && sscanf("2", "%b", &first) == 0 && sscanf("", "%b", &first) == EOF);
	CHECK(swscanf(L"-0B11z", L"%lb%c", &(long){0}, &letter) == 2 && letter == 'z');
	/* The conversions that tell their base take no other's prefix. */
	CHECK(sscanf("0b1", "%d%c", &first, &letter) == 2 && first == 0 && letter == 'b');
	CHECK(sscanf("0b1", "%x", &first) == 1 && first == 0xb1);
	/* And printf writes what they read. */
	char text[64];
	sprintf(text, "%#b %#B %b %08b %#010b", 5u, 6u, 0u, 5u, 5u);
	CHECK(strcmp(text, "0b101 0B110 0 00000101 0b00000101") == 0);
	return failed;
}
