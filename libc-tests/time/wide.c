/* wcsftime: texts of any length, and what does not fit. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0;
  static wchar_t text[5000], format[3000];
  struct tm time = {.tm_year = 124, .tm_mon = 1, .tm_mday = 29, .tm_hour = 13};
  CHECK(wcsftime(text, 40, L"%Y-%m-%d x%%%H", &time) == 15 && !wcscmp(text, L"2024-02-29 x%13"));
  CHECK(wcsftime(text, 16, L"%Y-%m-%d x%%%H", &time) == 15);
  CHECK(wcsftime(text, 15, L"%Y-%m-%d x%%%H", &time) == 0);
  CHECK(wcsftime(text, 1, L"", &time) == 0 && text[0] == 0);
  /* A width, which POSIX.1-2024 has for years. */
  CHECK(wcsftime(text, 5000, L"%0300Y|%01200Y|", &time) == 1502 && text[0] == L'0' && text[300] == L'|' && text[1501] == L'|');
  CHECK(wcsftime(text, 5000, L"%04000Y|", &time) == 4001 && !wcscmp(text + 3996, L"2024|"));
  CHECK(wcsftime(text, 1501, L"%0300Y|%01200Y|", &time) == 0 && wcsftime(text, 4000, L"%04000Y", &time) == 0);
  /* A long format. */
  for (int i = 0; i < 1000; i++) wcscat(format, L"%d");
  CHECK(wcsftime(text, 5000, format, &time) == 2000 && wcslen(text) == 2000 && !wcscmp(text + 1996, L"2929"));
  CHECK(wcsftime(text, 2001, format, &time) == 2000 && wcsftime(text, 2000, format, &time) == 0);
  return failed;
}
