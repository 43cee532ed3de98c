/* expect: not-musl it knows neither GLOB_BRACE, GLOB_TILDE_CHECK nor extended patterns */
/* glob over random trees, and fnmatch: random patterns and flags. */
#define _GNU_SOURCE
#include "fuzz.h"
#include <fcntl.h>
#include <fnmatch.h>
#include <glob.h>
#include <sys/stat.h>

static const char *names[] = {"a", "b", "ab", "abc", ".h", ".ab", "b.c", "a*b", "[a]", "\xc3\xa9", "a b", "a\\b", "{a}", "-", "~", "B"};

static int dangling; /* there may be links to what is no directory, which glibc reports in some places and not in others */
static char made[64][64];
static int made_count;

static void make(const char *in, int depth)
{
	for (unsigned count = below(6); count > 0 && made_count < 60; count--) {
		char path[64];
		if (snprintf(path, sizeof path, "%s%s", in, pick(names)) >= 50) return;
		switch (below(depth ? 5 : 2)) {
		case 0:
		case 1: {
			int fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0600);
			if (fd < 0) continue;
			close(fd);
			break;
		}
		case 2: {
			static const char *targets[] = {".", "b", "..", "nowhere", "ab/"};
			const char *target = pick(targets);
			if (symlink(target, path)) continue;
			if (*target != '.') dangling = 1;
			break;
		}
		default:
			if (mkdir(path, 0700)) continue;
		}
		strcpy(made[made_count++], path);
		struct stat st;
		if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
			strcat(path, "/");
			make(path, depth - 1);
		}
	}
}

/* A pattern for one name. */
static int for_path;

/* Whether a text ends with a star, or with one and question marks, which glibc takes together. */
static int ends_with_star(const char *text)
{
	for (size_t i = strlen(text); i > 0 && (text[i - 1] == '*' || text[i - 1] == '?'); i--)
		if (text[i - 1] == '*') return 1;
	return 0;
}

/* Whether a bracket before `at` is open there. */
static int in_bracket(const char *text, const char *at)
{
	while (at > text && *--at != ']')
		if (*at == '[') return 1;
	return 0;
}

static void pattern(char *to, int extended)
{
	static const char *pieces[] = {
		"a", "b", "ab", ".", "*", "?", "[a-c]", "[!a]", "[^b]", "[[:alpha:]]", "[[:upper:]]", "[]a]", "[a", "\\a", "\\*", "\\[",
		"[.h]", "c", "\xc3\xa9", "**", " ", "[a-]", "[\\]a]", "[!]-]", "-", "[[.a.]b]", "[[=a=]]", "B", "]"};
	static const char *groups[] = {"+(a|b)", "@(ab|a)", "?(a)", "*(b)", "!(a)", "!(*b)", "+([a-c])", "*(a|*(b))", "@(a|", "+(.)"};
	for (unsigned count = 1 + below(4); count > 0; count--) {
		const char *piece = extended && below(3) == 0 ? pick(groups) : pick(pieces);
		/* glibc does not try the empty text for a negation after a star, nor for a group right after one. */
		if (strchr(piece, '(') && (ends_with_star(to) || (*piece == '!' && strchr(to, '*')))) piece = "a";
		/* A period in a bracket after a star and a question mark is a leading one to glibc, wherever it is. */
		if (!strcmp(piece, "[.h]") && ends_with_star(to)) piece = "a";
		strcat(to, piece);
	}
	/* Where a collating element has no end, or is none, glibc may have found its match before it. */
	for (char *at = to; (at = strstr(at, "[.h")); at++)
		if (in_bracket(to, at)) at[1] = 'a';
	/* A bracket that is not closed makes a name of a path a pattern for glibc, which then looks in other folders. */
	if (for_path)
		for (char *at = to; (at = strchr(at, '[')); at++)
			if (!strchr(at, ']') || (at > to && at[-1] == '\\')) *at = 'a';
}

static void path_pattern(char *to, int flags)
{
	static const char *starts[] = {"", "", "", "", "./", "./", "*/"};
	for_path = 1;
	strcpy(to, pick(starts));
	/* No names of users, and no tilde alone: glibc returns what there is no file of. */
	if (below(10) == 0 && !(flags & GLOB_NOMAGIC)) strcpy(to, "~/");
	for (unsigned count = 1 + below(3); count > 0; count--) {
		if (below(6) == 0) {
			strcat(to, "{");
			pattern(to, 0);
			strcat(to, below(2) ? ",{a,b}" : ",c");
			if (below(2)) pattern(to, 0);
			if (below(8)) strcat(to, "}");
		} else if (made_count && below(3) == 0) {
			const char *name = made[below(made_count)];
			strcat(to, strrchr(name, '/') && below(2) ? strrchr(name, '/') + 1 : name);
		} else {
			pattern(to, 0);
		}
		/* glibc leaves out the second of two slashes, and the last one where there is such a file, but no folder. */
		if (count > 1) strcat(to, "/");
	}
	/* An escaped character is one of a pattern for them. */
	if (flags & (GLOB_NOMAGIC | GLOB_ONLYDIR | GLOB_ERR))
		for (char *at = to; (at = strchr(at, '\\')); at++) *at = 'a';
	if (*to == '~' && (to[1] != '/' || flags & GLOB_NOMAGIC)) *to = 'a';
}

static int told, escapes;

static int tell(const char *path, int error)
{
	told++;
	return 0;
}

static void show(const char *what, int status, const glob_t *found, int flags)
{
	say("%s: %d", what, status);
	if (status == 0) {
		say(" %zu", found->gl_pathc);
		for (size_t i = 0; i < found->gl_pathc; i++) say_bytes(found->gl_pathv[found->gl_offs + i], strlen(found->gl_pathv[found->gl_offs + i]));
		say(found->gl_pathv[found->gl_offs + found->gl_pathc] ? " no end" : "");
		/* glibc says so only where it looked, which is the last name, and takes a backslash for magic. */
		if (!(flags & (GLOB_NOCHECK | GLOB_NOMAGIC | GLOB_BRACE)) && !escapes) say(" %x", found->gl_flags & GLOB_MAGCHAR);
	}
	say("\n");
}

static void match_paths(void)
{
	static const int all[] = {GLOB_MARK, GLOB_NOCHECK, GLOB_NOESCAPE, GLOB_PERIOD, GLOB_BRACE, GLOB_NOMAGIC, GLOB_TILDE, GLOB_TILDE_CHECK, GLOB_ONLYDIR, GLOB_ERR, GLOB_DOOFFS};
	glob_t found = {0};
	char text[512] = "";
	int flags = 0;
	for (int i = 0; i < 11; i++)
		if (below(4) == 0) flags |= all[i];
	if (dangling) flags &= ~GLOB_ERR;
	/* glibc marks a pattern that it returns as it is, and forgets that with braces. */
	if (flags & (GLOB_NOCHECK | GLOB_BRACE)) flags &= ~(GLOB_MARK | GLOB_NOMAGIC);
	/* Before it returns such a pattern, glibc looks for files whose names have the braces. */
	for (int i = 0; i < made_count; i++)
		if (strchr(made[i], '{') && flags & GLOB_BRACE) flags &= ~GLOB_NOCHECK;
	if (flags & GLOB_DOOFFS) found.gl_offs = below(4);
	path_pattern(text, flags);
	/* In the names of folders glibc forgets GLOB_PERIOD. */
	if (strchr(text, '/')) flags &= ~GLOB_PERIOD;
	say("glob ");
	say_bytes(text, strlen(text));
	say(" %x\n", flags);
	told = 0;
	escapes = strpbrk(text, "\\/") != NULL;
	int status = glob(text, flags, tell, &found);
	show("found", status, &found, flags);
	/* For these glibc looks into a folder again. */
	if (!(flags & (GLOB_NOCHECK | GLOB_NOMAGIC | GLOB_BRACE)) && !strchr(text, '\\') && !dangling) say("told %d\n", told);
	int more = below(4) == 0;
	*text = 0;
	path_pattern(text, flags);
	escapes |= strpbrk(text, "\\/") != NULL;
	if (status == 0 || status == GLOB_NOMATCH) {
		if (more) {
			if (strchr(text, '/')) flags &= ~GLOB_PERIOD;
			status = glob(text, flags | GLOB_APPEND, NULL, &found);
			say_bytes(text, strlen(text));
			show("appended", status, &found, flags);
		}
		globfree(&found);
	}
}

static void match_name(void)
{
	static const int all[] = {FNM_NOESCAPE, FNM_PATHNAME, FNM_PERIOD, FNM_LEADING_DIR, FNM_CASEFOLD, FNM_EXTMATCH};
	static const char *pieces[] = {"a", "b", "ab", ".", "c", "B", "/", "\xc3\xa9", "*", "[", "]", "\\", " ", "-", "\xff"};
	char text[512] = "", name[128] = "";
	int flags = 0;
	for_path = 0;
	for (int i = 0; i < 6; i++)
		if (below(3) == 0) flags |= all[i];
	for (unsigned count = 1 + below(2); count > 0; count--) {
		pattern(text, flags & FNM_EXTMATCH);
		/* To glibc a negation matches a leading period, and slashes. */
		if (strchr(text, '!')) flags &= ~(FNM_PERIOD | FNM_PATHNAME);
		/* What follows a slash may be left over behind the whole (fnmatch(3)); glibc leaves it over behind each part of a group. */
		if (strchr(text, '(')) flags &= ~FNM_LEADING_DIR;
		if (count > 1) strcat(text, "/");
	}
	/* A slash makes a bracket before it an ordinary character (POSIX.1-2024 2.14.3), not for glibc. */
	for (const char *at = text; (at = strchr(at, '[')); at++) {
		const char *slash = strchr(at, '/'), *end = at[1] ? strchr(at + 2, ']') : NULL;
		if (slash && (!end || slash < end)) flags &= ~FNM_PATHNAME;
	}
	/* glibc folds the character before it asks for its class, and the ends of a range: capital letters up to [ are none then. */
	if (strstr(text, "[:upper:]") || strstr(text, "-[")) flags &= ~FNM_CASEFOLD;
	for (unsigned count = below(6); count > 0; count--) strcat(name, pick(pieces));
	say("fnmatch ");
	say_bytes(text, strlen(text));
	say_bytes(name, strlen(name));
	say(" %x: %d\n", flags, fnmatch(text, name, flags));
}

#define DEPTH 6

/* Deep enough that no pattern leads out to what the machine has there. */
static int enter(void)
{
	for (int i = 0; i < DEPTH; i++)
		if (mkdir("tree", 0700) || chdir("tree")) return -1;
	return 0;
}

static int leave(void)
{
	for (int i = 0; i < DEPTH; i++)
		if (chdir("..") || rmdir("tree")) return -1;
	return 0;
}

static void one_case(void)
{
	/* In the C locale: glibc's fnmatch takes a character of two bytes for two in C.UTF-8. */
	for (int i = 0; i < 40; i++) match_name();
	if (enter()) {
		say("no tree\n");
		return;
	}
	made_count = dangling = 0;
	make("", 2);
	for (int i = 0; i < made_count; i++) say_bytes(made[i], strlen(made[i]));
	say("\n");
	setenv("HOME", below(2) ? "a" : "/none", 1);
	for (int i = 0; i < 12; i++) match_paths();
	while (made_count > 0) remove(made[--made_count]);
	if (leave()) say("not removed\n");
}

int main(int argc, char **argv)
{
	return fuzz(argc, argv, one_case, 200, 20);
}
