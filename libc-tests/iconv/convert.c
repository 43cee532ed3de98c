/* expect: shared-glibc loads libraries for it */
/* expect: not-musl writes an asterisk for what the target lacks, and no byte order marks */
#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>

static void convert(const char *to, const char *from, const char *text, size_t length, size_t room) {
  char out[64], *in = (char *)text, *end = out;
  iconv_t cd = iconv_open(to, from);
  if (cd == (iconv_t)-1) {
    printf("%s from %s: no such conversion %d\n", to, from, errno == EINVAL);
    return;
  }
  errno = 0;
  size_t left = length, space = room, result = iconv(cd, &in, &left, &end, &space);
  printf("%s from %s: %zd, %s, %zu bytes left:", to, from, result,
         errno == EILSEQ ? "EILSEQ" : errno == EINVAL ? "EINVAL" : errno == E2BIG ? "E2BIG" : "ok", left);
  for (char *c = out; c < end; c++) printf(" %02x", (unsigned char)*c);
  puts("");
  iconv_close(cd);
}

int main(void) {
  const char *text = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
  const char *sets[] = {"UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE", "UTF-32BE", "UCS-4", "utf8"};
  for (int i = 0; i < 9; i++) convert(sets[i], "UTF-8", text, strlen(text), 64);
  convert("ISO-8859-1", "UTF-8", text, strlen(text), 64);
  convert("UCS-2LE", "UTF-8", text, strlen(text), 64);
  convert("ASCII", "LATIN1", "ab\xe9z", 4, 64);
  convert("UTF-8", "ISO-8859-1", "\xe9\xff", 2, 64);
  convert("UTF-8", "UTF-16", "\xfe\xff\0a\x20\xac", 6, 64);
  convert("UTF-8", "UTF-16", "\xff\xfe"
                             "a\0\xac\x20",
          6, 64);
  convert("UTF-8", "UTF-16LE", "\x3d\xd8", 2, 64);
  convert("UTF-8", "UTF-16LE", "\x3d\xd8"
                               "a\0",
          4, 64);
  convert("UTF-16LE", "UTF-8", "\xe2\x82", 2, 64);
  convert("UTF-16LE", "UTF-8", "\xc0\x80", 2, 64);
  convert("UTF-16LE", "UTF-8", "\xed\xa0\x80", 3, 64);
  convert("UTF-16LE", "UTF-8", "abc", 3, 4);
  static const char *const names[] = {"ISO_8859-1:1987", "IBM819", "ISO-IR-100", "CSISOLATIN1", "ISO_8859-15:1998", "ISO-IR-203", "CSISOLATINCYRILLIC",
    "ISO_8859-7:2003", "ECMA-118", "TS-5881", "CP1089", "MS-ANSI", "CSEUCPKDFMTJAPANESE", "MS_KANJI", "CSKOI8R", "WINBALTRIM"};
  for (int i = 0; i < 16; i++) convert("UTF-8", names[i], "a\xa4\xe4", 3, 64);
  static const char *const wide_names[] = {"ANSI_X3.4-1986", "ISO_646.IRV:1991", "IBM367", "UNICODELITTLE", "UNICODEBIG", "10646-1:1993", "ISO-10646/UTF8"};
  for (int i = 0; i < 7; i++) convert(wide_names[i], "UTF-8", "a", 1, 64);
  convert("A-NAME-OF-MORE-THAN-THIRTY-TWO-LETTERS", "UTF-8", "", 0, 0);
  convert("KLINGON", "UTF-8", "", 0, 0);
  /* One byte at a time the input is incomplete until it is there. */
  iconv_t cd = iconv_open("UTF-32LE", "UTF-8");
  char *in = (char *)text + 3, out[16], *end = out;
  for (size_t have = 1; have <= 3; have++) {
    size_t left = have, space = sizeof out;
    ssize_t converted = iconv(cd, &in, &left, &end, &space);
    printf("%zd %zu\n", converted, left);
  }
  printf("%zd\n", iconv(cd, NULL, NULL, NULL, NULL));
  printf("%d\n", iconv_close(cd));
  /* What iconv_open returned on failure. */
  errno = 0;
  size_t none = 0;
  char *nowhere = out;
  printf("%d %d\n", iconv_close((iconv_t)-1), errno == EBADF);
  errno = 0;
  printf("%zd %d\n", iconv((iconv_t)-1, &nowhere, &none, &nowhere, &none), errno == EBADF);
  return 0;
}
