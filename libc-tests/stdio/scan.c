/* expect: not-musl it sets no errno for a character that breaks off or a number just beyond the greatest */
/* expect: shared-glibc reads its locales from files */
/* sscanf and swscanf: numbers out of range, the order of a set's ranges, multibyte characters that break off. */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

static void number(const char *input, const char *format)
{
	union {
		int i;
		long l;
		long long ll;
		float f;
		double d;
		long double ld;
	} to;
	errno = 0;
	int result = sscanf(input, format, &to);
	printf("%s with %s: %d, %s\n", input, format, result, errno == ERANGE ? "ERANGE" : errno ? "another error" : "no error");
}

static void wide_number(const wchar_t *input, const wchar_t *format)
{
	long double to;
	errno = 0;
	int result = swscanf(input, format, &to);
	printf("%ls with %ls: %d, %s\n", input, format, result, errno == ERANGE ? "ERANGE" : errno ? "another error" : "no error");
}

static void set(const char *input, const char *format)
{
	char to[20] = "";
	int result = sscanf(input, format, to);
	printf("%s with %s: %d %s\n", input, format, result, to);
}

static void wide_set(const wchar_t *input, const wchar_t *format)
{
	char to[20] = "";
	int result = swscanf(input, format, to);
	printf("%ls with %ls: %d %s\n", input, format, result, to);
}

static void characters(const char *input, const char *format)
{
	wchar_t to[20] = L"";
	errno = 0;
	int result = sscanf(input, format, to);
	printf("%zu bytes with %s: %s, %s\n", strlen(input), format, result == 1 ? "stored" : "not stored", errno == EILSEQ ? "EILSEQ" : errno ? "another error" : "no error");
}

int main(void)
{
	number("99999999999999999999", "%ld");
	number("-99999999999999999999", "%lld");
	number("9223372036854775807", "%ld");
	number("9223372036854775808", "%ld");
	number("-9223372036854775808", "%ld");
	number("-9223372036854775809", "%li");
	number("9223372036854775808", "%lu");
	number("18446744073709551616", "%lu");
	number("0x1ffffffffffffffff", "%lx");
	number("99999999999999999999", "%*d");
	number("4294967296", "%d");
	number("1e39", "%f");
	number("1e38", "%f");
	number("1e400", "%lf");
	number("-1e400", "%lf");
	number("1e-400", "%lf");
	number("0e400", "%lf");
	number("1e5000", "%Lf");
	number("1e-5000", "%Lf");
	number("1e4000", "%Lf");
	wide_number(L"99999999999999999999", L"%ld");
	wide_number(L"1e5000", L"%Lf");
	wide_number(L"17", L"%ld");

	set("abcdefg", "%[a-c-e]");
	set("zyx", "%[z-x]");
	set("xyz", "%[z-x]");
	set("a-b", "%[-a]");
	set("a-b", "%[a-]");
	set("+,-.", "%[+--]");
	set("a-b^", "%[^b-]");
	set("-a]b", "%[]a-]");
	wide_set(L"abcdefg", L"%[a-c-e]");
	wide_set(L"zyx", L"%[z-x]");
	wide_set(L"a-b", L"%[-a]");

	if (!setlocale(LC_CTYPE, "C.UTF-8")) printf("no UTF-8\n");
	characters("a\xc3\xa9", "%ls");
	characters("a\xc3 b", "%ls");
	characters("a\xc3", "%ls");
	characters("a\xc3", "%l[^,]");
	characters("\xe2\x82", "%lc");
	characters("\xe2\x82\xac", "%lc");
	return 0;
}
