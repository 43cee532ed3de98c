/* expect: not-musl takes the seconds of now where a template has none */
/* getdate: templates from a file. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void show(const char *text) {
  struct tm *t = getdate(text);
  if (t == NULL)
    printf("%s: error %d\n", text, getdate_err);
  else
    printf("%s: %d-%02d-%02d %02d:%02d:%02d\n", text, t->tm_year + 1900, t->tm_mon + 1, t->tm_mday, t->tm_hour, t->tm_min, t->tm_sec);
}

int main(void) {
  setenv("TZ", "UTC0", 1);
  unsetenv("DATEMSK");
  show("anything");
  FILE *f = fopen("templates", "w");
  fputs("%Y-%m-%d %H:%M:%S\n%d.%m.%Y %H:%M\n%B %d %Y %H\n", f);
  fclose(f);
  setenv("DATEMSK", "templates", 1);
  show("2024-02-29 12:34:56");
  show("24.12.1999 18:05");
  show("March 3 2001 7");
  show("not a date");
  show("2023-02-30 00:00:00");
  show("2024-02-29 12:34:56 and more");
  struct tm mine = {0};
  int error = getdate_r("24.12.1999 18:05", &mine);
  printf("%d %d %d\n", error, mine.tm_year, mine.tm_hour);
  printf("%d\n", getdate_r("not a date", &mine));
  return 0;
}
