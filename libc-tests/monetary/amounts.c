/* expect: not-musl pads and signs in ways of its own */
/* strfmon in the C locale. */
#include <errno.h>
#include <locale.h>
#include <monetary.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  const char *formats[] = {"%n", "%i", "%.0n|%.4n", "%10n|", "%-10n|", "%#5n", "%=*#6n", "%(n", "%!n", "%^n", "%%%n"};
  double amounts[] = {1234.567, -1234.567, 0, 0.005, -3};
  char text[80];
  for (unsigned f = 0; f < sizeof formats / sizeof *formats; f++)
    for (unsigned a = 0; a < sizeof amounts / sizeof *amounts; a++) {
      ssize_t length = strfmon(text, sizeof text, formats[f], amounts[a], amounts[a]);
      printf("%s %g: %zd <%s>\n", formats[f], amounts[a], length, length < 0 ? "" : text);
    }
  ssize_t length = strfmon(text, 4, "%n", 12345.0);
  printf("%zd\n", length);
#ifndef __GLIBC__ /* which sets no error, and forgets the space that stands for the closing parenthesis */
  if (errno != E2BIG || strfmon(text, sizeof text, "%(#5n", 3.0) != 10 || strcmp(text, "     3.00 ") != 0) return 1;
#endif
  /* Widths and precisions beyond any number; signs of two kinds, and what may not be between the percent signs. */
  static char wide[5000];
  static const char *const long_formats[] = {"%1500n", "%-1500n|", "%#1200n", "%.1100n", "%.1400n", "%=*#1100n"};
  for (int i = 0; i < 6; i++) {
    length = strfmon(wide, sizeof wide, long_formats[i], 1.5);
    size_t dot = strcspn(wide, ".");
    printf("%s: %zd %zu %zu <%.5s> <%s>\n", long_formats[i], length, strlen(wide), dot, wide, length > 5 ? wide + length - 5 : "");
  }
  printf("%zd", strfmon(wide, 1000, "%99999999999999999999n", 1.5));
  static const char *const bad[] = {"%+(n", "%(+n", "%5%", "%(%"};
  for (int i = 0; i < 4; i++) printf(" %zd", strfmon(text, sizeof text, bad[i], 1.5));
  puts("");
  locale_t c = newlocale(LC_ALL_MASK, "C", 0);
  length = strfmon_l(text, sizeof text, c, "%n", 7.0);
  printf("%zd <%s>\n", length, text);
  freelocale(c);
  return 0;
}
