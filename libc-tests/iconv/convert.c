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
  convert("KLINGON", "UTF-8", "", 0, 0);
  /* One byte at a time the input is incomplete until it is there. */
  iconv_t cd = iconv_open("UTF-32LE", "UTF-8");
  char *in = (char *)text + 3, out[16], *end = out;
  for (size_t have = 1; have <= 3; have++) {
    size_t left = have, space = sizeof out;
    printf("%zd %zu\n", iconv(cd, &in, &left, &end, &space), left);
  }
  printf("%zd\n", iconv(cd, NULL, NULL, NULL, NULL));
  iconv_close(cd);
  return 0;
}
