// A small grep: fixed text with -F, else . * ^ $ and [sets]; options -c -i -n -v; files or standard input.
// The matcher is the backtracking one of Kernighan and Pike's "The Practice of Programming", widened by sets.
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool count_only, fixed, ignore_case, invert, number;

static int fold(char c) {
    return ignore_case ? tolower((unsigned char)c) : (unsigned char)c;
}

// Length in the pattern of the element that begins at `p`.
static size_t element(const char *p) {
    if (*p == '\\' && p[1] != '\0')
        return 2;
    if (*p == '[') {
        const char *end = p + 1 + (p[1] == '^');
        end = *end != '\0' ? strchr(end + 1, ']') : NULL;
        if (end != NULL)
            return end - p + 1;
    }
    return 1;
}

static bool in_set(const char *p, size_t length, char c) {
    const char *end = p + length - 1;
    bool negated = *++p == '^';
    bool found = false;
    for (p += negated; p < end; p++)
        if (p[1] == '-' && p + 2 < end) {
            found |= fold(p[0]) <= fold(c) && fold(c) <= fold(p[2]);
            p += 2;
        } else {
            found |= fold(*p) == fold(c);
        }
    return found != negated;
}

static bool one(const char *p, size_t length, char c) {
    if (c == '\0')
        return false;
    if (*p == '[' && length > 1)
        return in_set(p, length, c);
    if (*p == '\\' && length == 2)
        return fold(p[1]) == fold(c);
    return *p == '.' || fold(*p) == fold(c);
}

static bool here(const char *p, const char *text) {
    if (*p == '\0')
        return true;
    if (*p == '$' && p[1] == '\0')
        return *text == '\0';
    size_t length = element(p);
    if (p[length] == '*') {
        const char *end = text;
        while (one(p, length, *end))
            end++;
        for (;; end--) {
            if (here(p + length + 1, end))
                return true;
            if (end == text)
                return false;
        }
    }
    return one(p, length, *text) && here(p + length, text + 1);
}

static bool literally(const char *pattern, const char *text) {
    for (; *pattern != '\0'; pattern++, text++)
        if (fold(*pattern) != fold(*text))
            return false;
    return true;
}

static bool matches(const char *pattern, const char *text) {
    if (!fixed && *pattern == '^')
        return here(pattern + 1, text);
    do {
        if (fixed ? literally(pattern, text) : here(pattern, text))
            return true;
    } while (*text++ != '\0');
    return false;
}

static long search(FILE *input, const char *pattern, const char *prefix) {
    char *line = NULL;
    size_t size = 0;
    long found = 0, at = 0;
    for (ssize_t length; (length = getline(&line, &size, input)) >= 0;) {
        at++;
        if (length > 0 && line[length - 1] == '\n')
            line[length - 1] = '\0';
        if (matches(pattern, line) == invert)
            continue;
        found++;
        if (count_only)
            continue;
        if (prefix != NULL)
            printf("%s:", prefix);
        if (number)
            printf("%ld:", at);
        puts(line);
    }
    free(line);
    if (count_only) {
        if (prefix != NULL)
            printf("%s:", prefix);
        printf("%ld\n", found);
    }
    return found;
}

int main(int argc, char **argv) {
    int first = 1;
    for (; first < argc && argv[first][0] == '-' && argv[first][1] != '\0'; first++)
        for (const char *option = argv[first] + 1; *option != '\0'; option++)
            switch (*option) {
            case 'c': count_only = true; break;
            case 'F': fixed = true; break;
            case 'i': ignore_case = true; break;
            case 'n': number = true; break;
            case 'v': invert = true; break;
            default: fprintf(stderr, "grep: unknown option -%c\n", *option); return 2;
            }
    if (first >= argc) {
        fputs("usage: grep [-cFinv] PATTERN [FILE]...\n", stderr);
        return 2;
    }
    const char *pattern = argv[first++];
    bool failed = false;
    long found = 0;
    if (first == argc)
        found = search(stdin, pattern, NULL);
    for (int i = first; i < argc; i++) {
        FILE *input = fopen(argv[i], "r");
        if (input == NULL) {
            fprintf(stderr, "grep: %s: %s\n", argv[i], strerror(errno));
            failed = true;
            continue;
        }
        found += search(input, pattern, argc - first > 1 ? argv[i] : NULL);
        fclose(input);
    }
    return failed ? 2 : found > 0 ? 0 : 1;
}
