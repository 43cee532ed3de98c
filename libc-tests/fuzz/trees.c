/* expect: not-musl it has no fts, and its nftw knows no actions */
/* fts, ftw and nftw over random trees with all flags, with links that lead round and to nowhere. */
#define _GNU_SOURCE
#include "fuzz.h"
#include <fcntl.h>
#include <ftw.h>
#include <fts.h>
#include <sys/stat.h>

static char made[64][200];
static int made_count;
static int to_folders; /* there are links that may lead to a directory */
static char lines[400][300];
static int line_count;

static void make(const char *in, int depth)
{
	static const char *names[] = {"a", "b", "c", "dir", "e.f", ".hidden", "-", "z"};
	for (unsigned count = below(6); count > 0 && made_count < 60; count--) {
		char path[200];
		snprintf(path, sizeof path, "%s/%s", in, pick(names));
		switch (below(6)) {
		case 0:
		case 1: {
			int fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0600);
			if (fd < 0) continue;
			write(fd, "12345678", below(9));
			close(fd);
			break;
		}
		case 2: {
			static const char *targets[] = {"a", "..", ".", "nowhere", "../b", "dir", "../../a", "-"};
			if (symlink(pick(targets), path)) continue;
			to_folders = 1;
			break;
		}
		default:
			if (mkdir(path, 0700)) continue;
		}
		strcpy(made[made_count++], path);
		struct stat st;
		if (depth > 0 && lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) make(path, depth - 1);
	}
}

static void line(const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	if (line_count < 400) vsnprintf(lines[line_count++], sizeof *lines, format, ap);
	va_end(ap);
}

static int compare_lines(const void *a, const void *b) { return strcmp(a, b); }

/* The order of a directory is the file system's. */
static void say_sorted(void)
{
	qsort(lines, line_count, sizeof *lines, compare_lines);
	for (int i = 0; i < line_count; i++) say("%s\n", lines[i]);
	line_count = 0;
}

static const char *kind_of(const struct stat *st)
{
	return S_ISDIR(st->st_mode) ? "folder" : S_ISLNK(st->st_mode) ? "link" : S_ISREG(st->st_mode) ? "file" : "other";
}

static int with_actions;

static int visit(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	line("%s %d level %d base %d %s %d", path, flag, at->level, at->base, flag == FTW_NS ? "" : kind_of(st), flag == FTW_F && S_ISREG(st->st_mode) ? (int)st->st_size : 0);
	/* What is left out must not depend on the order. */
	if (with_actions && flag == FTW_D && strstr(path, "dir")) return FTW_SKIP_SUBTREE;
	return 0;
}

static int visit_plain(const char *path, const struct stat *st, int flag)
{
	line("%s %d %s", path, flag, flag == FTW_NS ? "" : kind_of(st));
	return 0;
}

static int by_name(const FTSENT **a, const FTSENT **b) { return strcmp((*a)->fts_name, (*b)->fts_name); }

static void walk_fts(void)
{
	static const int all[] = {FTS_COMFOLLOW, FTS_NOSTAT, FTS_SEEDOT, FTS_XDEV, FTS_NOCHDIR};
	char *roots[4] = {"tree", NULL, NULL, NULL};
	int options = below(2) ? FTS_PHYSICAL : FTS_LOGICAL;
	for (int i = 0; i < 5; i++)
		if (below(3) == 0) options |= all[i];
	if (made_count && below(3) == 0) roots[1] = made[below(made_count)];
	if (below(6) == 0) roots[roots[1] ? 2 : 1] = "nothing here";
	say("fts %x %s %s\n", options, roots[1] ? roots[1] : "", roots[1] && roots[2] ? roots[2] : "");
	errno = 0;
	FTS *tree = fts_open(roots, options, by_name);
	if (!tree) {
		say("not opened: %s\n", error_name(errno));
		return;
	}
	FTSENT *entry;
	int again = 0;
	for (int steps = 0; steps < 300 && (errno = 0, entry = fts_read(tree)); steps++) {
		say("%s %s info %d level %d %hu %hu %s", entry->fts_path, entry->fts_name, entry->fts_info, entry->fts_level, entry->fts_pathlen, entry->fts_namelen,
		    entry->fts_info == FTS_NS || entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR ? error_name(entry->fts_errno) : "");
		if (entry->fts_info == FTS_DC) say(" as level %d", entry->fts_cycle->fts_level);
		if (entry->fts_info != FTS_NS && entry->fts_info != FTS_NSOK && entry->fts_info != FTS_ERR && !(options & FTS_NOSTAT)) say(" %s", kind_of(entry->fts_statp));
		struct stat st;
		/* Where the walk changes the directory, fts_accpath is what to open. */
		if (entry->fts_info != FTS_NS && entry->fts_info != FTS_DP && lstat(entry->fts_accpath, &st) != 0) say(" not reachable as %s", entry->fts_accpath);
		say("\n");
		switch (below(12)) {
		case 0:
			if (entry->fts_info == FTS_D) fts_set(tree, entry, FTS_SKIP), say("skip\n");
			break;
		case 1:
			/* Where it changes the directory, glibc does not always come back from a link that is followed by hand. */
			if (entry->fts_info == FTS_SL && !(options & FTS_NOSTAT) && options & FTS_NOCHDIR) fts_set(tree, entry, FTS_FOLLOW), say("follow\n");
			break;
		case 2:
			if (again++ < 2 && entry->fts_info == FTS_F) fts_set(tree, entry, FTS_AGAIN), say("again\n");
			break;
		case 3:
			if (entry->fts_info != FTS_D) break;
			say("children:");
			for (FTSENT *child = fts_children(tree, below(3) ? 0 : FTS_NAMEONLY); child; child = child->fts_link) say(" %s", child->fts_name);
			say("\n");
			break;
		case 4: say("set %d\n", fts_set(tree, entry, 77)); break;
		}
	}
	say("%s\n", error_name(errno));
	if (fts_close(tree)) say("not closed\n");
}

static void one_case(void)
{
	made_count = line_count = to_folders = 0;
	if (mkdir("tree", 0700)) {
		say("no tree\n");
		return;
	}
	make("tree", 3);
	for (int i = 0; i < made_count; i++) say("%s ", made[i]);
	say("\n");
	for (int i = 0; i < 4; i++) walk_fts();
	for (int i = 0; i < 4; i++) {
		static const int all[] = {FTW_PHYS, FTW_DEPTH, FTW_CHDIR, FTW_ACTIONRETVAL};
		int flags = 0;
		for (int k = 0; k < 4; k++)
			if (below(3) == 0) flags |= all[k];
		/* glibc visits no directory twice; POSIX.1-2024 nftw() leaves out only what is in one that is below itself. */
		if (to_folders) flags |= FTW_PHYS;
		with_actions = (flags & FTW_ACTIONRETVAL) && !(flags & FTW_DEPTH);
		const char *root = made_count && below(3) == 0 ? made[below(made_count)] : below(10) ? "tree" : "none";
		int most = 1 + below(20);
		errno = 0;
		int status = nftw(root, visit, most, flags);
		say("nftw %s %d %x: %d %s\n", root, most, flags, status, status ? error_name(errno) : "");
		say_sorted();
		if (to_folders) continue;
		errno = 0;
		status = ftw(root, visit_plain, most);
		say("ftw: %d %s\n", status, status ? error_name(errno) : "");
		say_sorted();
	}
	while (made_count > 0) remove(made[--made_count]);
	if (rmdir("tree")) say("not removed\n");
}

int main(int argc, char **argv)
{
	return fuzz(argc, argv, one_case, 120, 12);
}
