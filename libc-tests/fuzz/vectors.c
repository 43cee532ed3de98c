/* expect: not-musl it has neither argz.h nor envz.h */
/* argz and envz: random operations on a vector and an environment of random words. */
#define _GNU_SOURCE
#include "fuzz.h"
#include <argz.h>
#include <envz.h>

static const char *words[] = {"", "a", "b", "ab", "aab", "a=1", "b=", "=x", "ab=c=d", "a b", "::", ":a:b", "\xc3\xa9", "longer word", "a=2", "b=3"};

static char *vector;
static size_t length;

static void show(const char *what, int result)
{
	say("%s %d ", what, result);
	say_bytes(vector, length);
	say("\n");
}

static char *entry(void)
{
	char *at = NULL;
	if (length == 0) return NULL;
	for (unsigned steps = 1 + below(5); steps > 0; steps--) {
		char *next = argz_next(vector, length, at);
		if (!next) break;
		at = next;
	}
	return at;
}

static void clear(void)
{
	free(vector);
	vector = NULL;
	length = 0;
}

static void change(void)
{
	static const char separators[] = {':', ' ', '=', 'a', 0};
	char *copy, separator = separators[below(4)];
	size_t copied;
	unsigned replaced = below(3);
	char *arguments[6];
	switch (below(12)) {
	case 0: show("add", argz_add(&vector, &length, pick(words))); break;
	case 1: show("add_sep", argz_add_sep(&vector, &length, pick(words), separator)); break;
	case 2:
		copy = entry();
		show("insert", argz_insert(&vector, &length, copy, pick(words)));
		break;
	case 3:
		copy = entry();
		if (!copy) break;
		/* In the middle of an entry goes before that entry. */
		show("insert within", argz_insert(&vector, &length, copy + below(strlen(copy) + 1), pick(words)));
		break;
	case 4:
		copy = entry();
		if (copy) argz_delete(&vector, &length, copy);
		show("delete", 0);
		break;
	case 5:
		/* glibc makes room for nothing of an empty vector with realloc, which frees it, and frees it again later. */
		if (length > 3000 || length == 0) break;
		copy = malloc(length + 1);
		copied = length;
		if (length) memcpy(copy, vector, length);
		show("append", argz_append(&vector, &length, copy, copied));
		free(copy);
		break;
	case 6:
		if (length > 3000) break;
		replaced = 7;
		show("replace", argz_replace(&vector, &length, pick(words), pick(words), below(4) ? &replaced : NULL));
		/* Its manual counts the replacements (12.6.1 "Argz Functions"), glibc itself the entries with any. */
		say("%d\n", replaced > 7);
		break;
	case 7:
		clear();
		show("create_sep", argz_create_sep(pick(words), separator, &vector, &length));
		break;
	case 8: {
		clear();
		unsigned count = below(5);
		for (unsigned i = 0; i < count; i++) arguments[i] = (char *)pick(words);
		arguments[count] = NULL;
		show("create", argz_create(arguments, &vector, &length));
		break;
	}
	case 9: {
		char *list[4000];
		size_t count = argz_count(vector, length);
		if (count > 3990) break;
		argz_extract(vector, length, list);
		say("extract %zu:", count);
		for (size_t i = 0; i < count; i++) say_bytes(list[i], strlen(list[i]));
		say("%s\n", list[count] ? " no end" : "");
		break;
	}
	case 10:
		if (length == 0) break;
		copy = malloc(length);
		memcpy(copy, vector, length);
		argz_stringify(copy, length, separator);
		say("stringify ");
		say_bytes(copy, length);
		free(copy);
		break;
	case 11:
		for (char *at = NULL; (at = argz_next(vector, length, at));) say(" next %d", (int)(at - vector));
		break;
	}
}

static void change_environment(void)
{
	static const char *names[] = {"a", "b", "ab", "", "a=1", "c", "longer word"};
	const char *name = pick(names);
	char *found;
	switch (below(7)) {
	case 0:
		/* Without a value it has no equals sign. */
		show("envz_add", envz_add(&vector, &length, name, below(4) ? pick(words) : NULL));
		break;
	case 1:
		found = envz_entry(vector, length, name);
		say("entry %s %d\n", name, found ? (int)(found - vector) : -1);
		break;
	case 2:
		found = envz_get(vector, length, name);
		say("get %s %s\n", name, found ? found : "none");
		break;
	case 3:
		envz_remove(&vector, &length, name);
		show("envz_remove", 0);
		break;
	case 4:
		envz_strip(&vector, &length);
		show("strip", 0);
		break;
	case 5:
	case 6: {
		char *other = NULL;
		size_t size = 0;
		for (unsigned count = below(4); count > 0; count--) argz_add(&other, &size, pick(words));
		if (length < 3000) show("merge", envz_merge(&vector, &length, other, size, below(2)));
		free(other);
		break;
	}
	}
}

static void one_case(void)
{
	int environment = below(2);
	for (unsigned count = 1 + below(20); count > 0; count--)
		if (environment && below(3)) change_environment();
		else change();
	clear();
}

int main(int argc, char **argv)
{
	return fuzz(argc, argv, one_case, 4000, 200);
}
