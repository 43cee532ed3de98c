/* expect: shared-glibc reads its locales from files */
/* regcomp, regexec, regerror, regfree: syntax, leftmost-longest matches, groups, flags. */
#include <locale.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>

static int failures;

static void show(const char *pattern, int flags, const char *text, int eflags) {
  regex_t re;
  regmatch_t m[5];
  int code = regcomp(&re, pattern, flags);
  printf("%s ~ %s:", pattern, text);
  if (code) {
    printf(" refused\n");
    return;
  }
  code = regexec(&re, text, 5, m, eflags);
  if (code)
    printf(" none\n");
  else {
    for (size_t i = 0; i <= re.re_nsub && i < 5; i++) printf(" (%d,%d)", (int)m[i].rm_so, (int)m[i].rm_eo);
    printf("\n");
  }
  regfree(&re);
}

static void expect(int ok, const char *what) {
  if (!ok) {
    printf("FAILED: %s\n", what);
    failures++;
  }
}

int main(void) {
  show("abc", 0, "xxabcabc", 0);
  show("a*", 0, "baaa", 0);
  show("a\\{2,3\\}", 0, "baaaa", 0);
  show("a{2,}", REG_EXTENDED, "baaaa", 0);
  show("\\(a*\\)b\\1", 0, "aabaa", 0);
  show("^b", REG_NEWLINE, "a\nb", 0);
  show("^b", 0, "a\nb", 0);
  show("a$", REG_NEWLINE, "a\nb", 0);
  show("a.b", REG_NEWLINE, "a\nb", 0);
  show("a.b", 0, "a\nb", 0);
  show("^a", 0, "a", REG_NOTBOL);
  show("a$", 0, "a", REG_NOTEOL);
  show("[[:digit:]]+-[^[:space:]]", REG_EXTENDED, "ab 123-x", 0);
  show("[]a-c]*", 0, "x]abc", 0);
  show("HELLO", REG_ICASE, "say hello", 0);
  show("[A-C]+", REG_ICASE | REG_EXTENDED, "xabcabd", 0);
  show("(", REG_EXTENDED, "", 0);
  show("[b-a]", 0, "", 0);
  /* A `^` that is not the first character of a basic expression or of its parts is itself. */
  show("^^a", 0, "a", 0);
  show("^^a", 0, "^a", 0);
  show("^^", 0, "^", 0);
  show("^^*a", 0, "^^a", 0);
  show("^*a", 0, "*a", 0);
  show("\\(^^a\\)", 0, "^a", 0);
  show("^\\(^a\\)", 0, "a", 0);
  show("x^$", 0, "x^", 0);
  show("a\\", 0, "", 0);
  show("(^|,)([^,]*)", REG_EXTENDED, "one,two", 0);
  show("x(a|b)*y", REG_EXTENDED, "xababy", 0);
  show("([0-9]+)\\.([0-9]+)\\.([0-9]+)", REG_EXTENDED, "version 10.2.33.", 0);

  regex_t re;
  regmatch_t m[3] = {{7, 7}, {7, 7}, {7, 7}};
  expect(regcomp(&re, "(a)(b)?", REG_EXTENDED) == 0, "compile");
  expect(re.re_nsub == 2, "re_nsub");
  expect(regexec(&re, "xa", 3, m, 0) == 0, "match");
  expect(m[0].rm_so == 1 && m[0].rm_eo == 2 && m[2].rm_so == -1 && m[2].rm_eo == -1, "unset group");
  expect(regexec(&re, "b", 3, m, 0) == REG_NOMATCH, "no match");
  regfree(&re);
  expect(regcomp(&re, "b+", REG_EXTENDED | REG_NOSUB) == 0, "compile without groups");
  expect(regexec(&re, "abb", 0, NULL, 0) == 0, "match without groups");
  regfree(&re);
  char text[64];
  expect(regcomp(&re, "[[:nope:]]", 0) == REG_ECTYPE, "class");
  size_t size = regerror(REG_ECTYPE, &re, text, sizeof text);
  expect(size == strlen(text) + 1, "regerror's size");
  expect(regerror(REG_ECTYPE, &re, text, 4) == size && strlen(text) == 3, "regerror cut short");

  /* A thousand optional parts, and nested repetitions: no exponential time. */
  char big[3001], pattern[200];
  memset(big, 'a', 3000);
  big[3000] = 0;
  expect(regcomp(&re, "(a*)*(a|aa)*b", REG_EXTENDED) == 0, "nested");
  expect(regexec(&re, big, 3, m, 0) == REG_NOMATCH, "nested does not match");
  regfree(&re);
  strcpy(pattern, "");
  for (int i = 0; i < 20; i++) strcat(pattern, "a?");
  for (int i = 0; i < 20; i++) strcat(pattern, "a");
  big[20] = 0;
  expect(regcomp(&re, pattern, REG_EXTENDED) == 0, "optional");
  expect(regexec(&re, big, 1, m, 0) == 0 && m[0].rm_eo == 20, "optional matches");
  regfree(&re);
  /* Nor with a back-reference to a group that can match in as many ways. */
  big[20] = 'a';
  big[60] = 0;
  expect(regcomp(&re, "^((a|aa)*)\\1b", REG_EXTENDED) == 0, "many ways");
  expect(regexec(&re, big, 3, m, 0) == REG_NOMATCH, "many ways do not match");
  regfree(&re);
  expect(regcomp(&re, "((a|aa)*)b\\1c", REG_EXTENDED) == 0, "many starts");
  expect(regexec(&re, big, 3, m, 0) == REG_NOMATCH, "many starts do not match");
  regfree(&re);

  if (setlocale(LC_ALL, "C.UTF-8")) {
    show("^.$", 0, "\xc3\xa9", 0);
    show("[\xc3\xa8\xc3\xa9]+", REG_EXTENDED, "x\xc3\xa9\xc3\xa8", 0);
    show("\xc3\x89", REG_ICASE, "\xc3\xa9", 0);
    show("[[:alpha:]]*", 0, "\xc3\xa9t\xc3\xa9 1", 0);
  }
  printf("%s\n", failures ? "failed" : "ok");
  return failures != 0;
}
