/* expect: shared-glibc reads its locales from files */
/* wcswcs, which is wcsstr by its first name; characters by the unlocked names. */
#define _GNU_SOURCE
#include <locale.h>
#include <stdio.h>
#include <wchar.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
extern wchar_t *wcswcs(const wchar_t *, const wchar_t *);

int main(void) {
  int failed = 0;
  const wchar_t *text = L"one two one";
  CHECK(wcswcs(text, L"two") == text + 4 && wcswcs(text, L"") == text && wcswcs(text, L"three") == NULL && wcswcs(text, L"one ") == text);
  FILE *f = fopen("wide", "w+");
  fputs("a\xc3\xa9", f);
  fclose(f);
  setlocale(LC_ALL, "C.UTF-8");
  CHECK(freopen("wide", "r", stdin) != NULL);
  CHECK(getwchar_unlocked() == 'a' && getwchar_unlocked() == 0xe9 && getwchar_unlocked() == WEOF && feof(stdin));
  CHECK(putwchar_unlocked('w') == 'w' && putwchar_unlocked('\n') == '\n' && fwide(stdout, 0) > 0);
  return failed;
}
