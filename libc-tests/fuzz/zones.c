/* expect: not-musl it reads a zone's name up to another length and takes other files */
/* TZ strings, odd ones too, and TZif files of all versions: localtime, mktime and the names. */
#define _GNU_SOURCE
#include "fuzz.h"
#include <fcntl.h>
#include <time.h>

static void add(char *to, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	vsprintf(to + strlen(to), format, ap);
	va_end(ap);
}

static void offset(char *to, unsigned hours)
{
	static const char *signs[] = {"", "", "-", "+"};
	add(to, "%s%u", pick(signs), below(hours + 1));
	if (below(3) == 0) add(to, ":%02u", below(60));
	else if (below(6) == 0) add(to, ":%02u:%02u", below(60), below(60));
}

static void rule(char *to)
{
	switch (below(3)) {
	case 0: add(to, "M%u.%u.%u", 1 + below(12), 1 + below(5), below(7)); break;
	case 1: add(to, "J%u", 1 + below(365)); break;
	case 2: add(to, "%u", below(366)); break;
	}
	if (below(3) == 0) {
		add(to, "/");
		offset(to, below(3) ? 24 : 167);
	}
}

/* Summer time has an offset of its own, perhaps a day away: what readings in between mean is left open. */
static int explicit_summer;

static void good_zone(char *to)
{
	static const char *names[] = {"EST", "CET", "ABCDEF", "<+03>", "<-0330>", "<A1B>"};
	add(to, "%s", pick(names));
	offset(to, 24);
	if (below(3)) {
		add(to, "%s", pick(names));
		explicit_summer = below(3) == 0;
		if (explicit_summer) offset(to, 24);
		/* Without rules each library has its own. */
		add(to, ",");
		char *first = to + strlen(to);
		rule(to);
		add(to, ",");
		char *second = to + strlen(to);
		rule(to);
		/* Whether it is always summer then, or never, is left open. */
		if (strlen(first) == 2 * strlen(second) + 1 && !strncmp(first, second, strlen(second))) strcpy(second, "J60");
	}
}

static void put(unsigned char **to, uint64_t value, int bytes)
{
	while (bytes-- > 0) *(*to)++ = value >> 8 * bytes;
}

/* A TZif file (RFC 9636): a block with 4-byte times, and from version 2 on one with 8-byte times and a footer. */
static int64_t earliest;

static void write_file(const char *path)
{
	unsigned char bytes[4096], *at = bytes;
	static const char versions[] = {0, '2', '3', '4'};
	char version = pick(versions);
	unsigned times = 1 + below(5) /* without, glibc takes a type that is neither the first nor the footer */, types = 1 + below(4), leaps = 0; /* POSIX time has none, glibc counts those of a file */
	static const char letters[] = "ONE\0TWO\0THREE\0-04";
	static const unsigned starts[] = {0, 4, 8, 14, 9};
	int64_t when[8], first = -2000000000LL + below(1000000000);
	unsigned char kind[8], local[8][6];
	earliest = times ? first + 400000001 : 40000000;
	for (unsigned i = 0; i < times; i++) {
		when[i] = first += 1 + below(400000000);
		kind[i] = below(types);
	}
	for (unsigned i = 0; i < types; i++) {
		unsigned char *p = local[i];
		put(&p, (int32_t)below(100000) - 50000, 4);
		*p++ = below(2);
		*p++ = pick(starts);
	}
	for (int block = 0; block < (version ? 2 : 1); block++) {
		memcpy(at, "TZif", 4);
		at += 4;
		*at++ = version;
		memset(at, 0, 15);
		at += 15;
		unsigned marks = below(3) == 0 ? types : 0;
		put(&at, marks, 4);
		put(&at, marks, 4);
		put(&at, leaps, 4);
		put(&at, times, 4);
		put(&at, types, 4);
		put(&at, sizeof letters, 4);
		for (unsigned i = 0; i < times; i++) put(&at, when[i], block ? 8 : 4);
		for (unsigned i = 0; i < times; i++) *at++ = kind[i];
		for (unsigned i = 0; i < types; i++) {
			memcpy(at, local[i], 6);
			at += 6;
		}
		memcpy(at, letters, sizeof letters);
		at += sizeof letters;
		for (unsigned i = 0; i < leaps; i++) {
			put(&at, 78796800 + i * 31536000LL, block ? 8 : 4);
			put(&at, i + 1, 4);
		}
		for (unsigned i = 0; i < marks; i++) *at++ = 1;
		for (unsigned i = 0; i < marks; i++) *at++ = 0;
	}
	if (version) {
		char zone[128] = "";
		if (below(4)) good_zone(zone);
		at += sprintf((char *)at, "\n%s\n", zone);
		say("footer %s ", zone);
	}
	size_t n = at - bytes;
	say("version %d, %u times, %u types, %u leaps\n", version, times, types, leaps);
	for (unsigned i = 0; i < times; i++) say(" %lld:%u", (long long)when[i], kind[i]);
	for (unsigned i = 0; i < types; i++) say(" %d %d %d;", (int)(local[i][0] << 24 | local[i][1] << 16 | local[i][2] << 8 | local[i][3]), local[i][4], local[i][5]);
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	if (write(fd, bytes, n) != (ssize_t)n) say("not written\n");
	close(fd);
}

static void bad_zone(char *to)
{
	static const char *odd[] = {"EST", "A", "AB3", "EST5EDT4,", ",", "<", "<AB", "<+1>", "5", "-", ":", "EST+", "EST5:", "EST5:60", "EST25", "EST5EDT,M3.2.0", "EST5EDT,M13.1.0,M1.1.1",
				    "EST5EDT,J0,J1", "EST5EDT,J1,J366", "EST5EDT,M1.1.7,0", "EST5,", "ES T5", "EST5 ", "/", "EST5EDT,366,1", "nowhere", "../x"};
	strcat(to, pick(odd));
	if (below(3) == 0) strcat(to, pick(odd));
}

static void one_case(void)
{
	char zone[512] = "";
	int is_file = 0, bad = 0;
	explicit_summer = 0;
	switch (below(5)) {
	case 0:
	case 1: good_zone(zone); break;
	case 2: bad_zone(zone), bad = 1; break;
	default:
		is_file = 1;
		if (!getcwd(zone + 1, 400)) say("no folder\n");
		zone[0] = ':';
		if (below(2)) memmove(zone, zone + 1, strlen(zone));
		strcat(zone, "/zone");
		char path[8] = "zone";
		write_file(path);
	}
	say("%s\n", is_file ? "file" : zone);
	/* So that the file is read again. */
	setenv("TZ", "UTC0", 1);
	tzset();
	setenv("TZ", zone, 1);
	tzset();
	if (!is_file && !bad) say("%s %s %ld %d\n", tzname[0], tzname[1], timezone, explicit_summer || daylight);
	for (int i = 0; i < 12; i++) {
		/* glibc knows no summer time by rules before 1970; before the first time of a file it takes the first type that is no
		 * summer time, and not the first (RFC 9636 3.2). */
		time_t at = (i < 6 ? 0 : 1500000000LL) + (time_t)below(1u << 31) + 40000000;
		if (is_file && at < earliest) at += earliest;
		struct tm broken, again, near;
		/* glibc applies the rules of the year that it is in UTC, not by the clock of the zone. */
		time_t days = at - 2 * 86400;
		int year = gmtime_r(&days, &near)->tm_year;
		days = at + 2 * 86400;
		if (gmtime_r(&days, &near)->tm_year != year) continue;
		/* What is no zone each library takes for another one. */
		if (!localtime_r(&at, &broken) || bad) {
			say("none\n");
			continue;
		}
		say("%lld %d-%d-%d %d:%d:%d %d %d %d %ld %s", (long long)at, broken.tm_year, broken.tm_mon, broken.tm_mday, broken.tm_hour, broken.tm_min,
		    broken.tm_sec, broken.tm_wday, broken.tm_yday, broken.tm_isdst, broken.tm_gmtoff, broken.tm_zone);
		again = broken;
		say(" %lld", (long long)mktime(&again));
		again = broken;
		again.tm_mday += (int)below(400) - 200;
		again.tm_isdst = broken.tm_isdst;
		/* What the other time is in a season of a few days depends on where each looks for it. */
		int is_long = 0;
		for (int side = -1; side <= 1; side += 2) {
			days = at + side * 4 * 86400;
			is_long |= localtime_r(&days, &near)->tm_isdst == broken.tm_isdst;
		}
		if (!is_file && !explicit_summer && is_long) say(" %lld", (long long)mktime(&again));
		say("\n");
	}
}

int main(int argc, char **argv)
{
	return fuzz(argc, argv, one_case, 600, 30);
}
