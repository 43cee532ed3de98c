/* Commands about files: cat cp ls mkdir mv rm rmdir touch wc. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools.h"

/* DIR/NAME in `path`, 0 or -1 with ENAMETOOLONG. */
static int join(char path[4096], const char *dir, const char *name)
{
	int length = snprintf(path, 4096, "%s/%s", dir, name);
	if (length < 0 || length >= 4096) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return 0;
}

static int copy(int from, int to)
{
	char buffer[16384];
	ssize_t count;

	while ((count = read(from, buffer, sizeof buffer)) > 0)
		for (ssize_t done = 0; done < count;) {
			ssize_t written = write(to, buffer + done, (size_t)(count - done));
			if (written < 0)
				return -1;
			done += written;
		}
	return count < 0 ? -1 : 0;
}

int cat_main(int argc, char **argv)
{
	int status = 0;

	if (argc < 2 && copy(0, 1) < 0)
		return fail("standard input");
	for (int i = 1; i < argc; i++) {
		int fd = strcmp(argv[i], "-") == 0 ? dup(0) : open(argv[i], O_RDONLY);
		if (fd < 0 || copy(fd, 1) < 0)
			status = fail(argv[i]);
		if (fd >= 0)
			close(fd);
	}
	return status;
}

/* The path of what `from` becomes if it is put at `to`: inside, if that is a directory. */
static const char *destination(const char *from, const char *to, char buffer[4096])
{
	struct stat info;
	const char *slash = strrchr(from, '/');

	if (stat(to, &info) < 0 || !S_ISDIR(info.st_mode))
		return to;
	return join(buffer, to, slash != NULL ? slash + 1 : from) < 0 ? NULL : buffer;
}

static int copy_file(const char *from, const char *to)
{
	struct stat info;
	int in = open(from, O_RDONLY);

	if (in < 0)
		return fail(from);
	if (fstat(in, &info) < 0 || S_ISDIR(info.st_mode)) {
		errno = EISDIR;
		close(in);
		return fail(from);
	}
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, info.st_mode & 0777);
	int status = out < 0 || copy(in, out) < 0 ? fail(to) : 0;
	close(in);
	if (out >= 0 && close(out) < 0)
		status = fail(to);
	return status;
}

int cp_main(int argc, char **argv)
{
	int status = 0;
	char buffer[4096];

	if (argc < 3) {
		fprintf(stderr, "usage: cp FILE… TO\n");
		return 2;
	}
	for (int i = 1; i + 1 < argc; i++) {
		const char *to = destination(argv[i], argv[argc - 1], buffer);
		status |= to == NULL ? fail(argv[i]) : copy_file(argv[i], to);
	}
	return status;
}

int mv_main(int argc, char **argv)
{
	int status = 0;
	char buffer[4096];

	if (argc < 3) {
		fprintf(stderr, "usage: mv FILE… TO\n");
		return 2;
	}
	for (int i = 1; i + 1 < argc; i++) {
		const char *to = destination(argv[i], argv[argc - 1], buffer);
		if (to == NULL || rename(argv[i], to) < 0)
			status = fail(argv[i]);
	}
	return status;
}

static int compare(const void *one, const void *two)
{
	return strcmp(*(char *const *)one, *(char *const *)two);
}

static void print_long(const char *path, const char *name)
{
	static const char letters[] = "rwxrwxrwx";
	struct stat info;
	char mode[11] = "?---------", target[4096];

	if (lstat(path, &info) < 0) {
		fail(path);
		return;
	}
	mode[0] = S_ISDIR(info.st_mode)    ? 'd'
	          : S_ISLNK(info.st_mode)  ? 'l'
	          : S_ISCHR(info.st_mode)  ? 'c'
	          : S_ISBLK(info.st_mode)  ? 'b'
	          : S_ISFIFO(info.st_mode) ? 'p'
	          : S_ISSOCK(info.st_mode) ? 's'
	                                   : '-';
	for (int bit = 0; bit < 9; bit++)
		if (info.st_mode & (0400u >> bit))
			mode[bit + 1] = letters[bit];
	if (info.st_mode & S_ISVTX)
		mode[9] = 't';
	printf("%s %lu %u %u %lld %s", mode, (unsigned long)info.st_nlink, info.st_uid, info.st_gid,
	       (long long)info.st_size, name);
	ssize_t length = S_ISLNK(info.st_mode) ? readlink(path, target, sizeof target - 1) : -1;
	if (length >= 0)
		printf(" -> %.*s", (int)length, target);
	putchar('\n');
}

static int list_directory(const char *path, int all, int details)
{
	DIR *dir = opendir(path);
	char **names = NULL, full[4096];
	size_t count = 0, capacity = 0;
	struct dirent *entry;

	if (dir == NULL)
		return fail(path);
	while ((errno = 0, entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' && !all)
			continue;
		if (count == capacity) {
			capacity = capacity != 0 ? 2 * capacity : 64;
			char **larger = realloc(names, capacity * sizeof *names);
			if (larger == NULL)
				break;
			names = larger;
		}
		if ((names[count] = strdup(entry->d_name)) == NULL)
			break;
		count++;
	}
	int status = errno != 0 ? fail(path) : 0;
	closedir(dir);
	if (count > 0)
		qsort(names, count, sizeof *names, compare);
	for (size_t i = 0; i < count; i++) {
		if (!details)
			puts(names[i]);
		else if (join(full, path, names[i]) == 0)
			print_long(full, names[i]);
		free(names[i]);
	}
	free(names);
	return status;
}

int ls_main(int argc, char **argv)
{
	int all = 0, details = 0, first = 1, status = 0;

	for (; first < argc && argv[first][0] == '-' && argv[first][1] != '\0'; first++)
		for (const char *option = argv[first] + 1; *option != '\0'; option++) {
			if (*option == 'a')
				all = 1;
			else if (*option == 'l')
				details = 1;
			else if (*option != '1') {
				fprintf(stderr, "usage: ls [-al] [PATH…]\n");
				return 2;
			}
		}
	if (first == argc)
		return list_directory(".", all, details);
	int several = argc - first > 1;
	for (int i = first; i < argc; i++) {
		struct stat info;
		if (stat(argv[i], &info) < 0 && lstat(argv[i], &info) < 0) {
			status = fail(argv[i]);
		} else if (S_ISDIR(info.st_mode)) {
			if (several)
				printf("%s:\n", argv[i]);
			status |= list_directory(argv[i], all, details);
		} else if (details) {
			print_long(argv[i], argv[i]);
		} else {
			puts(argv[i]);
		}
	}
	return status;
}

/* Makes a directory and, if they are missing, those above it. */
static int make_path(char *path)
{
	for (char *slash = path + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		int failed = mkdir(path, 0777) < 0 && errno != EEXIST;
		*slash = '/';
		if (failed)
			return -1;
	}
	struct stat info;
	if (mkdir(path, 0777) == 0)
		return 0;
	return errno == EEXIST && stat(path, &info) == 0 && S_ISDIR(info.st_mode) ? 0 : -1;
}

int mkdir_main(int argc, char **argv)
{
	int parents = argc > 1 && strcmp(argv[1], "-p") == 0, status = 0;

	if (argc < 2 + parents) {
		fprintf(stderr, "usage: mkdir [-p] DIR…\n");
		return 2;
	}
	for (int i = 1 + parents; i < argc; i++)
		if ((parents ? make_path(argv[i]) : mkdir(argv[i], 0777)) < 0)
			status = fail(argv[i]);
	return status;
}

static int remove_tree(const char *path)
{
	struct stat info;
	char full[4096];

	if (lstat(path, &info) < 0)
		return fail(path);
	if (!S_ISDIR(info.st_mode))
		return unlink(path) < 0 ? fail(path) : 0;
	DIR *dir = opendir(path);
	if (dir == NULL)
		return fail(path);
	int status = 0;
	struct dirent *entry;
	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		status |= join(full, path, entry->d_name) < 0 ? fail(path) : remove_tree(full);
	}
	closedir(dir);
	return rmdir(path) < 0 ? fail(path) : status;
}

int rm_main(int argc, char **argv)
{
	int recursive = 0, force = 0, first = 1, status = 0;

	for (; first < argc && argv[first][0] == '-'; first++)
		for (const char *option = argv[first] + 1; *option != '\0'; option++) {
			recursive |= *option == 'r' || *option == 'R';
			force |= *option == 'f';
			if (strchr("rRf", *option) == NULL) {
				fprintf(stderr, "usage: rm [-rf] PATH…\n");
				return 2;
			}
		}
	for (int i = first; i < argc; i++) {
		struct stat info;
		if (force && lstat(argv[i], &info) < 0 && errno == ENOENT)
			continue;
		if (recursive)
			status |= remove_tree(argv[i]);
		else if (unlink(argv[i]) < 0)
			status = fail(argv[i]);
	}
	return status;
}

int rmdir_main(int argc, char **argv)
{
	int status = 0;

	for (int i = 1; i < argc; i++)
		if (rmdir(argv[i]) < 0)
			status = fail(argv[i]);
	return status;
}

int touch_main(int argc, char **argv)
{
	int status = 0;

	for (int i = 1; i < argc; i++) {
		int fd = open(argv[i], O_WRONLY | O_CREAT, 0666);
		if (fd < 0 || futimens(fd, NULL) < 0)
			status = fail(argv[i]);
		if (fd >= 0)
			close(fd);
	}
	return status;
}

static int count(int fd, int what, const char *name)
{
	char buffer[16384];
	unsigned long lines = 0, words = 0, bytes = 0;
	int in_word = 0;
	ssize_t length;

	while ((length = read(fd, buffer, sizeof buffer)) > 0) {
		bytes += (unsigned long)length;
		for (ssize_t i = 0; i < length; i++) {
			int blank = strchr(" \t\n\v\f\r", buffer[i]) != NULL && buffer[i] != '\0';
			lines += buffer[i] == '\n';
			words += !blank && !in_word;
			in_word = !blank;
		}
	}
	if (length < 0)
		return fail(name[0] != '\0' ? name : "standard input");
	if (what == 0)
		printf("%lu %lu %lu", lines, words, bytes);
	else
		printf("%lu", what == 'l' ? lines : what == 'w' ? words : bytes);
	printf(name[0] != '\0' ? " %s\n" : "%s\n", name);
	return 0;
}

int wc_main(int argc, char **argv)
{
	int what = 0, first = 1, status = 0;

	if (argc > 1 && argv[1][0] == '-') {
		what = argv[1][1];
		first = 2;
		if (what == '\0' || strchr("lwc", what) == NULL) {
			fprintf(stderr, "usage: wc [-l|-w|-c] [FILE…]\n");
			return 2;
		}
	}
	if (first == argc)
		return count(0, what, "");
	for (int i = first; i < argc; i++) {
		int fd = open(argv[i], O_RDONLY);
		status |= fd < 0 ? fail(argv[i]) : count(fd, what, argv[i]);
		if (fd >= 0)
			close(fd);
	}
	return status;
}
