/* expect: not-musl it has no back-references in extended expressions, no REG_STARTEND and other anchors
 * expect: shared-glibc has C.UTF-8 in a file */
/* regcomp and regexec: back-references and all flags. What matches is compared, and the groups that do not repeat. */
#define _GNU_SOURCE
#include "fuzz.h"
#include <locale.h>
#include <regex.h>

static char pattern[512];
static int groups, open_groups[10], depth_now;
static int extended, refers;

static void atom(int depth);

static void sequence(int depth)
{
	for (unsigned count = 1 + below(3); count > 0; count--) atom(depth);
}

static void add(const char *text) { strcat(pattern, text); }

/* The groups that are closed, and so may be referred to. */
static int closed[10];

static void atom(int depth)
{
	static const char *simple[] = {"a", "b", "c", "ab", ".", "[ab]", "[^a]", "[a-c]", "[[:alpha:]]", "x", "[b-]", "\\.", "\\w", "\\W", "\\s"};
	static const char *marks[] = {"*", "{2}", "{1,2}", "{0,1}", "{2,}"}, *basic_marks[] = {"*", "\\{2\\}", "\\{1,2\\}", "\\{0,1\\}", "\\{2,\\}"};
	static const char *extended_marks[] = {"+", "?"};
	int group = 0, reference = 0;
	switch (below(depth > 0 ? 8 : 4)) {
	default: add(pick(simple)); break;
	case 4:
	case 5:
		if (groups == 9) {
			add("b");
			break;
		}
		group = ++groups;
		add(extended ? "(" : "\\(");
		sequence(depth - 1);
		add(extended ? ")" : "\\)");
		closed[group] = 1;
		break;
	case 6:
	case 7: {
		int to = 1 + below(groups ? groups : 1);
		if (!closed[to]) {
			add("a");
			break;
		}
		reference = refers = 1; /* if it repeats, glibc forgets groups after it */
		char text[3] = {'\\', '0' + to, 0};
		add(text);
		break;
	}
	}
	/* A group that repeats keeps the last round in tlibc; in glibc parts of earlier ones (its bugs 11053, 10844). */
	if (!group && !reference && below(4) == 0) {
		if (extended && below(2)) add(pick(extended_marks));
		else add(extended ? pick(marks) : pick(basic_marks));
	}
}

static void one_case(void)
{
	static const char *locales[] = {"C", "C.UTF-8"};
	static const char *pieces[] = {"a", "b", "c", "x", "ab", "A", "B", "\n", " ", ".", "-"};
	if (!setlocale(LC_ALL, pick(locales))) say("no locale\n");
	extended = below(2);
	groups = refers = 0;
	memset(closed, 0, sizeof closed);
	*pattern = 0;
	if (below(6) == 0) add("^");
	sequence(2);
	if (below(6) == 0) add("$");
	int flags = extended ? REG_EXTENDED : 0;
	if (below(4) == 0) flags |= REG_ICASE;
	if (below(4) == 0) flags |= REG_NEWLINE;
	if (below(6) == 0) flags |= REG_NOSUB;
	regex_t expression;
	int status = regcomp(&expression, pattern, flags);
	say("%s %x: %d", pattern, flags, status);
	if (status) {
		say("\n");
		return;
	}
	say(" %zu\n", expression.re_nsub);
	for (int round = 0; round < 6; round++) {
		char text[128] = "";
		for (unsigned count = below(10); count > 0; count--) strcat(text, pick(pieces));
		int now = 0;
		if (below(4) == 0) now |= REG_NOTBOL;
		if (below(4) == 0) now |= REG_NOTEOL;
		regmatch_t found[10];
		size_t count = below(4) ? 10 : below(4);
		/* Where it is to tell some groups but not all, glibc finds no match of some references (POSIX.1-2024 regexec():
		 * nmatch says how many are told). */
		if (refers && count > 1) count = 10;
		memset(found, 0x55, sizeof found);
		if (below(4) == 0) {
			now |= REG_STARTEND;
			/* In glibc only the true start of the text is one, in the BSDs, where this comes from, rm_so. */
			found[0].rm_so = strchr(pattern, '^') ? 0 : below(strlen(text) + 1);
			found[0].rm_eo = found[0].rm_so + below(strlen(text) + 1 - found[0].rm_so);
			say("[%d %d] ", found[0].rm_so, found[0].rm_eo);
		}
		status = regexec(&expression, text, count, found, now);
		say_bytes(text, strlen(text));
		say(" %x %zu: %d", now, count, status);
		if (status == 0 && !(flags & REG_NOSUB))
			for (size_t i = 0; i < count; i++) say(" %d-%d", found[i].rm_so, found[i].rm_eo);
		say("\n");
	}
	regfree(&expression);
}

int main(int argc, char **argv)
{
	return fuzz(argc, argv, one_case, 1500, 75);
}
