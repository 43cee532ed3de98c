/* expect: not-musl it has neither the flags and widths of glibc's strftime nor getdate's week days
 * expect: shared-glibc has C.UTF-8 in a file */
/* strftime and wcsftime with flags and widths, strptime, getdate; timegm and mktime with fields out of range. */
#define _GNU_SOURCE
#include "fuzz.h"
#include <locale.h>
#include <time.h>
#include <wchar.h>

static void show(const struct tm *t)
{
	say(" %d-%d-%d %d:%d:%d wday %d yday %d dst %d", t->tm_year, t->tm_mon, t->tm_mday, t->tm_hour, t->tm_min, t->tm_sec, t->tm_wday, t->tm_yday,
	    t->tm_isdst);
}

static struct tm some_time(void)
{
	struct tm broken;
	long long times[] = {below(1u << 31), (long long)below(1u << 31) * 2 - (1LL << 31), (long long)below(1u << 31) * 100 - 60000000000LL,
			     -62135596800LL + below(1u << 31)};
	time_t at = pick(times);
	gmtime_r(&at, &broken);
	return broken;
}

static void print(void)
{
	static const char *flags[] = {"", "", "", "-", "_", "0", "^", "#", "5", "012", "_7", "-5", "^12"};
	static const char conversions[] = "aAbBcCdDeFgGhHIjklmMnprRStTuUVwWxXyYZ%";
	char format[64] = "", out[256];
	wchar_t wide_format[64], wide[256];
	struct tm at = some_time();
	if (at.tm_year < -900) at.tm_year += 1200; /* glibc writes fewer than four digits; after a multiple of 400 the days of the week are the same */
	for (unsigned count = 1 + below(3); count > 0; count--) {
		const char *flag = pick(flags);
		char conversion = conversions[below(sizeof conversions - 1)];
		/* POSIX.1-2024 fills the year of %F with zeros, glibc puts blanks before the whole. */
		if (conversion == 'F' && !strcmp(flag, "^12")) flag = "012";
		sprintf(format + strlen(format), "%s%%%s%c", below(2) ? "" : "-", flag, conversion);
	}
	size_t room = below(4) ? sizeof out : below(30);
	size_t n = strftime(out, room, format, &at);
	say("strftime %s %zu: %zu", format, room, n);
	if (n) say_bytes(out, n);
	mbstowcs(wide_format, format, 64);
	n = wcsftime(wide, room, wide_format, &at);
	say(" wcsftime %zu", n);
	if (n) say_wide((int *)wide, n);
	say("\n");
}

/* Whether the clock shows the local time of `at` an hour earlier or later as well. */
static int comes_twice(time_t at)
{
	struct tm shown, other;
	localtime_r(&at, &shown);
	for (int hours = -1; hours <= 1; hours += 2) {
		time_t then = at + hours * 3600;
		if (localtime_r(&then, &other)->tm_hour == shown.tm_hour && other.tm_min == shown.tm_min) return 1;
	}
	return 0;
}

static void normalise(void)
{
	static const int odd[] = {0, 1, -1, 12, 13, -13, 59, 60, 61, 365, 366, -400, 100000, -100000, 2147483647, -2147483647 - 1};
	struct tm at = some_time();
	int *fields[] = {&at.tm_year, &at.tm_mon, &at.tm_mday, &at.tm_hour, &at.tm_min, &at.tm_sec};
	for (unsigned count = below(4); count > 0; count--) *pick(fields) = below(2) ? pick(odd) : (int)below(2000) - 1000;
	/* Summer time in a zone that has none is left open. */
	at.tm_isdst = -(int)below(2);
	/* glibc knows no summer time before 1970, and loses its way in years of more than four digits. */
	if (at.tm_year < 75 || at.tm_year > 7000) at.tm_year = 75 + below(1000);
	int local = below(2);
	/* Where it has to find out whether it is summer, it loses an hour on fields that are years beyond their range. */
	if (local && at.tm_isdst < 0)
		for (unsigned field = 1; field < 6; field++) *fields[field] %= 1000;
	say("from");
	show(&at);
	errno = 0;
	int asked = at.tm_isdst;
	/* These pass after the minute that the other fields name. */
	int seconds = at.tm_sec < 0 ? at.tm_sec : at.tm_sec > 59 ? at.tm_sec - 59 : 0;
	time_t result = local ? mktime(&at) : timegm(&at);
	if (at.tm_year < 71 || at.tm_year > 8000) {
		say(" beyond\n");
		return;
	}
	/* Which of the two is meant is left open. */
	if (local && asked < 0 && comes_twice(result - seconds)) {
		say(" twice\n");
		return;
	}
	say(" = %lld %s", (long long)result, result == -1 ? error_name(errno) : "");
	if (result != -1) show(&at);
	say(" %ld\n", result != -1 ? at.tm_gmtoff : 0);
}

static void one_case(void)
{
	static const char *zones[] = {"UTC0", "EST5EDT,M3.2.0,M11.1.0", "CET-1CEST,M3.5.0,M10.5.0/3", "<+0330>-3:30", "NZST-12NZDT,M9.5.0,M4.1.0/3"};
	setenv("TZ", pick(zones), 1);
	tzset();
	say("%s ", getenv("TZ"));
	if (below(2)) print();
	else normalise();
}

int main(int argc, char **argv)
{
	if (!setlocale(LC_ALL, "C.UTF-8")) return 1;
	return fuzz(argc, argv, one_case, 6000, 300);
}
