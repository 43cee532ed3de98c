/* expect: not-musl it lacks strfry, memfrob, wmempcpy, wcschrnul and the names of errors and signals */
/* The GNU and BSD functions of string.h, strings.h and wchar.h that ISO C does not have. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>

static int failures;

#define CHECK(truth) \
  do { if (!(truth)) printf("line %d: %s\n", __LINE__, #truth), failures++; } while (0)

/* strcasestr against a plain search, at every place and length. */
static void search(void) {
  static const char text[] = "abAbcaBcabCABCDabcdabcabCe";
  for (size_t from = 0; from < sizeof text; from++)
    for (size_t length = 0; from + length < sizeof text; length++) {
      char needle[sizeof text];
      for (size_t i = 0; i < length; i++) needle[i] = text[from + i] ^ (i & 1 ? 0x20 : 0);
      needle[length] = 0;
      const char *first = NULL;
      for (const char *p = text; !first && *p; p++)
        if (strncasecmp(p, needle, length) == 0) first = p;
      if (length == 0) first = text;
      CHECK(strcasestr(text, needle) == first);
      CHECK(memmem(text, sizeof text - 1, text + from, length) == strstr(text, strndup(text + from, length)));
    }
  CHECK(strcasestr(text, "abce\x80") == NULL);
  /* In time that grows with the text, not with its product with the needle. */
  size_t size = 400000;
  char *hay = malloc(size + 1), *needle = malloc(size / 2 + 1);
  memset(hay, 'a', size);
  memset(needle, 'A', size / 2);
  hay[size] = needle[size / 2] = 0;
  needle[size / 2 - 1] = 'b';
  CHECK(strcasestr(hay, needle) == NULL);
  hay[size - 1] = 'B';
  CHECK(strcasestr(hay, needle) == hay + size / 2);
  free(hay);
  free(needle);
}

int main(void) {
  char buffer[64] = "0123456789";
  search();
  CHECK(mempcpy(buffer, "abc", 3) == buffer + 3 && memcmp(buffer, "abc3456789", 11) == 0);
  CHECK(memrchr("a/b/c", '/', 5) != NULL && memrchr("a/b/c", '/', 1) == NULL);
  CHECK(*(char *)memrchr("a/b/c", '/', 5) == '/' && strcmp(memrchr("a/b/c", '/', 5), "/c") == 0);
  CHECK(strcmp(rawmemchr("xxy", 'y'), "y") == 0);
  CHECK(strcmp(strchrnul("abc", 'b'), "bc") == 0 && *strchrnul("abc", 'z') == 0);
  CHECK(strcmp(rindex("a.b.c", '.'), ".c") == 0 && strcmp(index("a.b.c", '.'), ".b.c") == 0);
  CHECK(strcasecmp("HeLLo", "hEllO") == 0 && strcasecmp("a", "B") < 0 && strcasecmp("b", "A") > 0);
  CHECK(bcmp("ab", "ab", 2) == 0 && bcmp("ab", "ac", 2) != 0);
  bcopy(buffer, buffer + 1, 3);
  CHECK(memcmp(buffer, "aabc456789", 11) == 0);
  bzero(buffer + 1, 2);
  CHECK(buffer[0] == 'a' && buffer[1] == 0 && buffer[2] == 0 && buffer[3] == 'c');
  explicit_bzero(buffer, 4);
  CHECK(buffer[0] == 0 && buffer[3] == 0 && buffer[4] == '4');
  char list[] = "a,b;,c", *rest = list, *word;
  for (int i = 0; (word = strsep(&rest, ",;")); i++) CHECK(strcmp(word, ((char *[]){"a", "b", "", "c"})[i]) == 0);
  CHECK(rest == NULL);
  char tokens[] = "  one two", *state;
  CHECK(strcmp(strtok_r(tokens, " ", &state), "one") == 0 && strcmp(strtok_r(NULL, " ", &state), "two") == 0);
  CHECK(strtok_r(NULL, " ", &state) == NULL);
  /* The order of the manual page. */
  static const char *versions[] = {"000", "00", "01", "010", "09", "0", "1", "9", "10"};
  for (int i = 0; i + 1 < 9; i++) CHECK(strverscmp(versions[i], versions[i + 1]) < 0);
  CHECK(strverscmp("jan10", "jan9") > 0 && strverscmp("x", "x") == 0);
  strcpy(buffer, "anagram");
  char sorted[2][8] = {"anagram"};
  strcpy(sorted[1], strfry(buffer));
  for (int k = 0; k < 2; k++)
    for (int i = 0; i < 7; i++)
      for (int j = i + 1; j < 7; j++)
        if (sorted[k][j] < sorted[k][i]) {
          char c = sorted[k][i];
          sorted[k][i] = sorted[k][j];
          sorted[k][j] = c;
        }
  CHECK(strcmp(sorted[0], sorted[1]) == 0);
  char secret[] = "text";
  CHECK(memfrob(secret, 4) == secret && memcmp(secret, "text", 4) != 0);
  memfrob(secret, 4);
  CHECK(strcmp(secret, "text") == 0);
  CHECK(strcmp(sigabbrev_np(9), "KILL") == 0 && sigabbrev_np(-1) == NULL);
  CHECK(strcmp(sigdescr_np(11), "Segmentation fault") == 0 && sigdescr_np(1000) == NULL);
  CHECK(strcmp(strerrorname_np(2), "ENOENT") == 0 && strerrorname_np(-1) == NULL);
  /* Where a number has two names, the older one. */
  CHECK(strcmp(strerrorname_np(35), "EDEADLK") == 0 && strcmp(strerrorname_np(95), "EOPNOTSUPP") == 0 && strcmp(strerrorname_np(11), "EAGAIN") == 0);
  CHECK(strcmp(strerrorname_np(133), "EHWPOISON") == 0 && strerrorname_np(134) == NULL && strerrorname_np(41) == NULL);
  CHECK(strcmp(strerrordesc_np(2), "No such file or directory") == 0);
  wchar_t wide[8];
  CHECK(wmempcpy(wide, L"abc", 4) == wide + 4 && wcscmp(wide, L"abc") == 0);
  CHECK(*wcschrnul(L"abc", L'b') == L'b' && *wcschrnul(L"abc", L'z') == 0);
  printf("%d failures\n", failures);
  return failures != 0;
}
