/* Wide streams and wide formatted input and output, in the C locale.
   expect: not-musl its open_wmemstream loses characters */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

int main(void)
{
  wchar_t buffer[64], word[16];
  int n = 0;
  double d = 0;
  char narrow[16] = "";
  assert(swprintf(buffer, 64, L"%d %s %ls %c %lc %.3f|%6s|%-6ls|", 42, "narrow", L"wide", 'c', (wint_t)L'w', 2.5, "r", L"l") == 39);
  printf("%ls\n", buffer);
  assert(swprintf(buffer, 4, L"%d", 12345) == -1);
  assert(swscanf(L"17 3.5 word text", L"%d %lf %ls %15s", &n, &d, word, narrow) == 4 && n == 17 && d == 3.5);
  printf("%ls %s\n", word, narrow);
  assert(swscanf(L"abc123", L"%l[a-z]%d", word, &n) == 2 && n == 123);
  assert(wcstol(L" -0x1fz", 0, 16) == -31 && wcstod(L"1e3", 0) == 1000 && wcstoul(L"7", 0, 8) == 7);
  FILE *f = tmpfile();
  assert(fwide(f, 0) == 0 && fputws(L"first line\nsecond", f) >= 0 && fwide(f, 0) > 0);
  rewind(f);
  assert(fgetwc(f) == L'f' && ungetwc(L'F', f) == L'F' && fgetws(buffer, 64, f));
  printf("%ls", buffer);
  assert(fwscanf(f, L"%ls", word) == 1 && fgetwc(f) == WEOF && feof(f));
  printf("%ls\n", word);
  fclose(f);
  wchar_t *grown = 0;
  size_t size = 0;
  f = open_wmemstream(&grown, &size);
  for (int i = 0; i < 300; i++)
    fwprintf(f, L"%d,", i);
  fclose(f);
  assert(size == wcslen(grown));
  printf("%zu %.8ls\n", size, grown);
  free(grown);
  /* A position that no memory can have. */
  f = open_wmemstream(&grown, &size);
  assert(fseek(f, 1L << 62, SEEK_SET) == -1 && fputwc(L'x', f) == L'x' && fclose(f) == 0 && size == 1 && *grown == L'x');
  free(grown);
  char *bytes = 0;
  f = open_memstream(&bytes, &size);
  assert(fseek(f, 0x7ffffffffffffff0, SEEK_SET) == -1 && fputc('x', f) == 'x' && fclose(f) == 0 && size == 1);
  free(bytes);
  /* An error that was noted before does not cost a line. */
  f = fopen("lines", "w");
  fputs("one\ntwo", f);
  fclose(f);
  f = fopen("lines", "r");
  assert(fputwc(L'a', f) == WEOF && ferror(f));
  assert(fgetws(buffer, 64, f) && wcscmp(buffer, L"one\n") == 0);
  assert(fgetws(buffer, 3, f) && wcscmp(buffer, L"tw") == 0);
  assert(fgetws(buffer, 64, f) && wcscmp(buffer, L"o") == 0 && !fgetws(buffer, 64, f) && ferror(f) && feof(f));
  fclose(f);
  /* Longer than any buffer on the way, in lines longer than the room. */
  wchar_t many[3001];
  for (int i = 0; i < 3000; i++)
    many[i] = i % 100 == 99 ? L'\n' : L'a' + i % 26;
  many[3000] = 0;
  f = fopen("lines", "w+");
  assert(fputws(many, f) >= 0);
  rewind(f);
  for (int i = 0; i < 30; i++)
    assert(fgetws(buffer, 64, f) && wcslen(buffer) == 63 && fgetws(buffer, 64, f) && wcslen(buffer) == 37 && wcsncmp(buffer, many + i * 100 + 63, 37) == 0);
  fclose(f);
  return 0;
}
