/* expect: not-musl it reads numbers that only start (0x, nan(7) in scanf) in another way
 * expect: shared-glibc has C.UTF-8 in a file */
/* Texts to numbers, narrow and wide, by locale object and by a thread's locale: strtol, strtoul, strtod, wcstol, wcstod and
 * the like in the C locale and C.UTF-8, fscanf and fwscanf from files, and %m, which makes room. */
#define _GNU_SOURCE
#include "fuzz.h"
#include <inttypes.h>
#include <locale.h>
#include <strings.h>
#include <wchar.h>

static locale_t locales[2];
static FILE *file;

static void text(char *to)
{
	static const char *pieces[] = {"0", "1", "12", "-", "+", "0x", "0X1F", "0c1", "7.5", ".", ",", "'", "e-3", "e", "E+5", "p2", "p-1", "inf", "INFINITY", "nan", "nan(7)", "zZ", "abc", " ", "\t", "\v",
				       "\xc3\xa9", "\xe2\x82\xac", "\xe2\x80\x83", "\xd9\xa1", "9223372036854775807", "9223372036854775808", "18446744073709551616", "1e400", "4.9e-324", "077", "\n"};
	*to = 0;
	for (unsigned count = below(7); count > 0; count--) strcat(to, pick(pieces));
}

static void convert(void)
{
	char input[256], *end = NULL;
	wchar_t wide[256], *wide_end = NULL;
	text(input);
	setlocale(LC_ALL, "C.UTF-8");
	if (mbstowcs(wide, input, 256) == (size_t)-1) say("no text\n");
	if (below(2)) setlocale(LC_ALL, "C");
	int base = (int[]){0, 0, 10, 16, 8, 2, 36, 7, 3, 35}[below(10)];
	unsigned where = below(2);
	locale_t in = locales[where], old = below(3) ? uselocale(locales[below(2)]) : (locale_t)0;
	union {
		double d;
		float f;
		long double l;
		uint64_t bits[2];
	} value = {.bits = {0, 0}}, other = {.bits = {0, 0}};
	say_bytes(input, strlen(input));
	say(" base %d in %u", base, where);
	long long whole = 0, whole_other = 0;
	unsigned how = below(12);
	int errors[2];
	errno = 0;
	switch (how) {
	case 0: whole = strtol_l(input, &end, base, in); break;
	case 1: whole = strtoul_l(input, &end, base, in); break;
	case 2: whole = strtoll_l(input, &end, base, in); break;
	case 3: whole = strtoull_l(input, &end, base, in); break;
	case 4: whole = strtoimax(input, &end, base); break;
	case 5: whole = strtoumax(input, &end, base); break;
	case 6: value.d = strtod_l(input, &end, in); break;
	case 7: value.f = strtof_l(input, &end, in); break;
	case 8: value.l = strtold_l(input, &end, in); break;
	case 9: value.d = strtod(input, &end); break;
	case 10: value.d = atof(input); break;
	case 11: whole = below(2) ? atol(input) : atoi(input); break;
	}
	errors[0] = errno;
	errno = 0;
	switch (how) {
	case 0: whole_other = wcstol_l(wide, &wide_end, base, in); break;
	case 1: whole_other = wcstoul_l(wide, &wide_end, base, in); break;
	case 2: whole_other = wcstoll_l(wide, &wide_end, base, in); break;
	case 3: whole_other = wcstoull_l(wide, &wide_end, base, in); break;
	case 4: whole_other = wcstoimax(wide, &wide_end, base); break;
	case 5: whole_other = wcstoumax(wide, &wide_end, base); break;
	case 6: other.d = wcstod_l(wide, &wide_end, in); break;
	case 7: other.f = wcstof_l(wide, &wide_end, in); break;
	case 8: other.l = wcstold_l(wide, &wide_end, in); break;
	}
	errors[1] = errno;
	value.bits[1] &= 0xffff;
	other.bits[1] &= 0xffff;
	say(" how %u: %lld %llx %llx %s", how, whole, (unsigned long long)value.bits[1], (unsigned long long)value.bits[0], error_name(errors[0]));
	if (end) say(" %d", (int)(end - input));
	say(", %lld %llx %llx %s", whole_other, (unsigned long long)other.bits[1], (unsigned long long)other.bits[0], error_name(errors[1]));
	if (wide_end) say(" %d", (int)(wide_end - wide));
	say("\n");
	if (old) uselocale(old);
	uselocale(LC_GLOBAL_LOCALE);
}

static void scan(void)
{
	static const char *conversions[] = {"%d", "%ld", "%i", "%x", "%u", "%f", "%lf", "%Lf", "%5d", "%n", "%hhi", "%jd", "%zu"};
	static const char *words[] = {"%ms", "%mls", "%5ms", "%m[a-f0-9]", "%mc", "%3mc", "%3mlc", "%ml[^y ]", "%*d", "%*s", " ", ",", "x", "%%"};
	char input[256], format[64] = "";
	wchar_t wide_format[64];
	union {
		char bytes[16];
		void *pointer;
	} to[4];
	int takes[4] = {0};
	unsigned count = 1 + below(3), used = 0;
	setlocale(LC_ALL, "C.UTF-8");
	memset(to, 0, sizeof to);
	for (unsigned i = 0; i < count; i++) {
		if (below(2)) {
			strcat(format, pick(conversions));
			used++;
			continue;
		}
		const char *word = pick(words);
		strcat(format, word);
		if (*word != '%' || word[1] == '*' || word[1] == '%') continue;
		takes[used++] = strstr(word, "ml") ? 2 : strchr(word, 'c') ? 3 : 1;
	}
	text(input);
	/* The longest start of a number is read, and if it is none, nothing matches (C23 7.23.6.2 paragraphs 9 and 10); glibc
	 * takes the number before it, and of nan(7) what stands before the bracket. */
	for (char *at = input + strlen(input); at-- > input;) {
		unsigned char after = at[1];
		if (strchr("xX", *at) && !strchr("0123456789abcdefABCDEF", after | !after)) {
			*at = 'w';
			if (at > input && at[-1] == '0') at[-1] = '7';
		}
		if (strchr("+-", after | !after)) after = at[2];
		if (strchr("eEpP", *at) && !strchr("0123456789", after | !after)) *at = 'w';
		if (*at == '(') *at = 'w';
		if (!strncasecmp(at, "infi", 4) && strncmp(at, "INFINITY", 8)) at[3] = 'w';
	}
	int wide = below(2);
	/* Bytes that begin in the middle of a character are an encoding error for %lc, %ls and %l[ (C23 7.23.6.2 paragraph 12);
	 * glibc's %l[ takes them. */
	if (strstr(format, "%ml[")) wide = 1;
	rewind(file);
	file = freopen(NULL, "w+", file);
	if (!file) {
		say("not opened again\n");
		return;
	}
	fputs(input, file);
	rewind(file);
	file = freopen(NULL, "r+", file);
	mbstowcs(wide_format, format, 64);
	errno = 0;
	int n = wide ? fwscanf(file, wide_format, to, to + 1, to + 2, to + 3) : fscanf(file, format, to, to + 1, to + 2, to + 3);
	int error = errno;
	/* A conversion that is not assigned has completed all the same (C23 7.23.6.2); glibc answers EOF if only such have. */
	if (n < 1 && strchr(format, '*')) n = 0;
	say("%d scan ", wide);
	say_bytes(format, strlen(format));
	say_bytes(input, strlen(input));
	say(" %d %s", n, n < 0 && error ? error_name(error) : "");
	for (unsigned i = 0; i < 4; i++) {
		if (takes[i] == 0) {
			say_bytes(to[i].bytes, 16);
			continue;
		}
		say(to[i].pointer ? " made" : " none");
		if (to[i].pointer && takes[i] == 1) say_bytes(to[i].pointer, strlen(to[i].pointer));
		if (to[i].pointer && (int)i < n) free(to[i].pointer);
	}
	wint_t next = wide ? fgetwc(file) : (wint_t)fgetc(file);
	/* The character that no number goes on with stays (paragraph 9); glibc has read it where there is no number. */
	say(" then %d\n", n == (int)used ? (int)next : 0);
}

static void one_case(void)
{
	if (below(2)) convert();
	else scan();
}

int main(int argc, char **argv)
{
	locales[0] = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	locales[1] = newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0);
	file = fopen("input", "w+");
	if (!locales[0] || !locales[1] || !file) return 1;
	return fuzz(argc, argv, one_case, 4000, 200);
}
