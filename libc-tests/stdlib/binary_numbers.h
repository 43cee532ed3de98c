/* Reads a text as a number by every function of the strtol, wcstol and scanf families and says what each made of it. */
#include <inttypes.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

/* What a function of the families makes of a text: the number, and how many characters it took (-1: it matched nothing). */
struct reading {
	const char *name;
	int base;
	long value;
	long taken;
};

static struct reading readings[64];
static int count;

static void add(const char *name, int base, long value, long taken)
{
	readings[count++] = (struct reading){name, base, value, taken};
}

static int with_vsscanf(const char *text, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	int n = vsscanf(text, format, list);
	va_end(list);
	return n;
}

static int with_vswscanf(const wchar_t *text, const wchar_t *format, ...)
{
	va_list list;
	va_start(list, format);
	int n = vswscanf(text, format, list);
	va_end(list);
	return n;
}

static int with_vfscanf(FILE *file, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	int n = vfscanf(file, format, list);
	va_end(list);
	return n;
}

static int with_vfwscanf(FILE *file, const wchar_t *format, ...)
{
	va_list list;
	va_start(list, format);
	int n = vfwscanf(file, format, list);
	va_end(list);
	return n;
}

static int with_vscanf(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	int n = vscanf(format, list);
	va_end(list);
	return n;
}

static int with_vwscanf(const wchar_t *format, ...)
{
	va_list list;
	va_start(list, format);
	int n = vwscanf(format, list);
	va_end(list);
	return n;
}

/* A stream with the text; the standard input where `in` says so. */
static FILE *holding(const char *text, int in)
{
	FILE *file = fopen("number", "w");
	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		exit(3);
	file = in ? freopen("number", "r", stdin) : fopen("number", "r");
	if (!file)
		exit(4);
	return file;
}

static void read_all(const char *text)
{
	static const int bases[] = {0, 2};
	wchar_t wide[64];
	char *end;
	wchar_t *wide_end;
	count = 0;
	swprintf(wide, 64, L"%s", text);
	for (int i = 0; i < 2; i++) {
		int base = bases[i];
		long value;
#define NARROW(F) (value = (long)F(text, &end, base), add(#F, base, value, end - text))
#define WIDE(F) (value = (long)F(wide, &wide_end, base), add(#F, base, value, wide_end - wide))
		NARROW(strtol);
		NARROW(strtoul);
		NARROW(strtoll);
		NARROW(strtoull);
		NARROW(strtoimax);
		NARROW(strtoumax);
		WIDE(wcstol);
		WIDE(wcstoul);
		WIDE(wcstoll);
		WIDE(wcstoull);
		WIDE(wcstoimax);
		WIDE(wcstoumax);
#ifdef _GNU_SOURCE
#define NARROW_L(F) (value = (long)F(text, &end, base, locale), add(#F, base, value, end - text))
#define WIDE_L(F) (value = (long)F(wide, &wide_end, base, locale), add(#F, base, value, wide_end - wide))
		locale_t locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
		NARROW(strtoq);
		NARROW(strtouq);
		WIDE(wcstoq);
		WIDE(wcstouq);
		NARROW_L(strtol_l);
		NARROW_L(strtoul_l);
		NARROW_L(strtoll_l);
		NARROW_L(strtoull_l);
		WIDE_L(wcstol_l);
		WIDE_L(wcstoul_l);
		WIDE_L(wcstoll_l);
		WIDE_L(wcstoull_l);
		freelocale(locale);
#endif
	}
	int stored, taken, matched;
	FILE *file;
#define SCAN(NAME, CALL) (stored = taken = 0, matched = CALL, add(NAME, 0, stored, matched == 1 ? taken : -1))
#define SCAN_FILE(NAME, IN, CALL) (file = holding(text, IN), SCAN(NAME, CALL), (void)(IN || fclose(file)))
	SCAN("sscanf", sscanf(text, "%i%n", &stored, &taken));
	SCAN("vsscanf", with_vsscanf(text, "%i%n", &stored, &taken));
	SCAN("swscanf", swscanf(wide, L"%i%n", &stored, &taken));
	SCAN("vswscanf", with_vswscanf(wide, L"%i%n", &stored, &taken));
	SCAN_FILE("fscanf", 0, fscanf(file, "%i%n", &stored, &taken));
	SCAN_FILE("vfscanf", 0, with_vfscanf(file, "%i%n", &stored, &taken));
	SCAN_FILE("fwscanf", 0, fwscanf(file, L"%i%n", &stored, &taken));
	SCAN_FILE("vfwscanf", 0, with_vfwscanf(file, L"%i%n", &stored, &taken));
	SCAN_FILE("scanf", 1, scanf("%i%n", &stored, &taken));
	SCAN_FILE("vscanf", 1, with_vscanf("%i%n", &stored, &taken));
	SCAN_FILE("wscanf", 1, wscanf(L"%i%n", &stored, &taken));
	SCAN_FILE("vwscanf", 1, with_vwscanf(L"%i%n", &stored, &taken));
}
