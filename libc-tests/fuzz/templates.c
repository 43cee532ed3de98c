/* expect: not-musl it takes what templates leave out from other places */
/* getdate by random templates. What is said is told; what is not comes from the clock, so that it is compared with what
 * POSIX.1-2024 says of it, worked out here. */
#define _GNU_SOURCE
#include "fuzz.h"
#include <time.h>

#define UNSAID (-1000000)

static int days_in(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return days[month] + (month == 1 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

struct said {
	int year, month, day, weekday, hour, minute, second;
};

/* Whether the result is what the standard says for this time of asking. */
static int right(const struct said *said, const struct tm *now, const struct tm *is)
{
	struct tm want = *now;
	int timed = said->hour != UNSAID || said->minute != UNSAID || said->second != UNSAID;
	if (timed) {
		want.tm_hour = said->hour != UNSAID ? said->hour : 0;
		want.tm_min = said->minute != UNSAID ? said->minute : 0;
		want.tm_sec = said->second != UNSAID ? said->second : 0;
	}
	if (said->year != UNSAID) want.tm_year = said->year - 1900;
	if (said->month != UNSAID) {
		want.tm_mon = said->month;
		if (said->year == UNSAID && said->day == UNSAID && said->month < now->tm_mon) want.tm_year++;
		want.tm_mday = 1;
		if (said->weekday != UNSAID && said->day == UNSAID) {
			struct tm first = want;
			timegm(&first);
			want.tm_mday += (said->weekday - first.tm_wday + 7) % 7;
		}
	} else if (said->day == UNSAID && said->weekday != UNSAID) {
		want.tm_mday += (said->weekday - now->tm_wday + 7) % 7;
	} else if (said->day == UNSAID && timed && want.tm_hour < now->tm_hour) {
		want.tm_mday++;
	}
	if (said->day != UNSAID) want.tm_mday = said->day;
	timegm(&want);
	return want.tm_year == is->tm_year && want.tm_mon == is->tm_mon && want.tm_mday == is->tm_mday && want.tm_hour == is->tm_hour && want.tm_min == is->tm_min &&
	       want.tm_sec == is->tm_sec && want.tm_wday == is->tm_wday && want.tm_yday == is->tm_yday;
}

static void one_case(void)
{
	static const char *months[] = {"January", "feb", "MARCH", "Apr", "may", "June", "jul", "August", "Sep", "October", "NOV", "December"};
	static const char *weekdays[] = {"Sunday", "mon", "TUE", "Wednesday", "thu", "Fri", "saturday"};
	static const char *separators[] = {" ", "/", ":", "-", ", "};
	struct said said = {UNSAID, UNSAID, UNSAID, UNSAID, UNSAID, UNSAID, UNSAID};
	char template[256] = "", text[256] = "";
	unsigned order[7] = {0, 1, 2, 3, 4, 5, 6};
	for (int i = 6; i > 0; i--) {
		int k = below(i + 1);
		unsigned one = order[i];
		order[i] = order[k];
		order[k] = one;
	}
	unsigned parts = 1 + below(7);
	for (unsigned i = 0; i < parts; i++) {
		char *to = template + strlen(template), *value = text + strlen(text);
		const char *separator = i + 1 < parts ? pick(separators) : "";
		switch (order[i]) {
		case 0: said.year = 1971 + below(60); sprintf(to, "%%Y"); sprintf(value, "%d", said.year); break;
		case 1:
			said.month = below(12);
			if (below(2)) sprintf(to, "%%m"), sprintf(value, below(2) ? "%d" : "%02d", said.month + 1);
			else sprintf(to, below(2) ? "%%B" : "%%b"), sprintf(value, "%s", months[said.month]);
			break;
		case 2: said.day = 1 + below(below(10) ? 28 : 31); sprintf(to, below(2) ? "%%d" : "%%e"); sprintf(value, "%d", said.day); break;
		case 3:
			said.weekday = below(7);
			if (below(3)) sprintf(to, below(2) ? "%%a" : "%%A"), sprintf(value, "%s", weekdays[said.weekday]);
			else sprintf(to, "%%w"), sprintf(value, "%d", said.weekday);
			break;
		case 4: said.hour = below(24); sprintf(to, "%%H"); sprintf(value, "%d", said.hour); break;
		case 5: said.minute = below(60); sprintf(to, "%%M"); sprintf(value, "%d", said.minute); break;
		case 6: said.second = below(60); sprintf(to, "%%S"); sprintf(value, "%d", said.second); break;
		}
		strcat(template, separator);
		strcat(text, separator);
	}
	/* A weekday beside a day says nothing more, and the standard does not say what it means with a year alone. */
	if (said.weekday != UNSAID && said.year != UNSAID && said.month == UNSAID && said.day == UNSAID) said.weekday = UNSAID, strcpy(template, "%Y"), sprintf(text, "%d", said.year), said.hour = said.minute = said.second = UNSAID;
	int spoiled = below(10) == 0;
	if (spoiled) strcat(text, below(2) ? "?" : " 7");
	FILE *file = fopen("templates", "w");
	if (!file) {
		say("no file\n");
		return;
	}
	/* Those before do not fit. */
	if (below(2)) fputs("%Q nonsense\n\nno %d\n", file);
	if (below(3) == 0) fprintf(file, "%s and more\n", template);
	fprintf(file, "%s\n", template);
	fclose(file);
	say("%s <- %s:", template, text);
	struct tm now, later, *is, mine;
	time_t at = time(NULL);
	gmtime_r(&at, &now);
	is = getdate(text);
	int error = getdate_err, status = getdate_r(text, &mine);
	at = time(NULL);
	gmtime_r(&at, &later);
	if (!is) {
		say(" error ");
		/* Whether there is such a day depends on the month it is. */
		int open = said.day > 28 && (said.year == UNSAID || said.month == UNSAID) && error == 8;
		if (open) say("of a day\n");
		else say("%d %d\n", error, status);
		return;
	}
	if (status) say(" once only");
	int open = said.day > 28 && (said.year == UNSAID || said.month == UNSAID);
	if (open) {
		say(" of a day\n");
		return;
	}
	/* glibc computes a weekday where only a month is said, and takes the first such day (POSIX: the first of the month). */
	int month_alone = said.month != UNSAID && said.day == UNSAID && said.weekday == UNSAID;
	if (!month_alone && !right(&said, &now, is) && !right(&said, &later, is)) say(" not as the standard says: %d-%d-%d %d:%d:%d %d", is->tm_year + 1900, is->tm_mon + 1, is->tm_mday, is->tm_hour, is->tm_min, is->tm_sec, is->tm_wday);
	if (said.year != UNSAID) say(" year %d", is->tm_year);
	if (said.month != UNSAID) say(" month %d", is->tm_mon);
	if (said.day != UNSAID) say(" day %d", is->tm_mday);
	if (said.hour != UNSAID) say(" hour %d", is->tm_hour);
	if (said.year != UNSAID && said.month != UNSAID && said.day != UNSAID) say(" weekday %d yday %d", is->tm_wday, is->tm_yday);
	say("\n");
}

int main(int argc, char **argv)
{
	setenv("TZ", "UTC0", 1);
	setenv("DATEMSK", "templates", 1);
	return fuzz(argc, argv, one_case, 1000, 50);
}
