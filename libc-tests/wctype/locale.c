/* expect: shared-glibc reads its locales from files */
/* The classes by locale object are those of the "C" locale and of C.UTF-8, for bytes and wide characters. */
#define _GNU_SOURCE
#include <ctype.h>
#include <locale.h>
#include <stdio.h>
#include <wctype.h>
#include <wchar.h>

static int failed;

static void same(const char *name, int c, int one, int other) {
  if (!one == !other) return;
  printf("%s of %d: %d, by locale %d\n", name, c, one, other);
  failed = 1;
}

static const struct {
  const char *name;
  int (*plain)(int);
  int (*local)(int, locale_t);
} bytes[] = {{"alnum", isalnum, isalnum_l}, {"alpha", isalpha, isalpha_l}, {"blank", isblank, isblank_l}, {"cntrl", iscntrl, iscntrl_l},
             {"digit", isdigit, isdigit_l}, {"graph", isgraph, isgraph_l}, {"lower", islower, islower_l}, {"print", isprint, isprint_l},
             {"punct", ispunct, ispunct_l}, {"space", isspace, isspace_l}, {"upper", isupper, isupper_l}, {"xdigit", isxdigit, isxdigit_l}};

static const struct {
  const char *name;
  int (*plain)(wint_t);
  int (*local)(wint_t, locale_t);
} wides[] = {{"alnum", iswalnum, iswalnum_l}, {"alpha", iswalpha, iswalpha_l}, {"blank", iswblank, iswblank_l}, {"cntrl", iswcntrl, iswcntrl_l},
             {"digit", iswdigit, iswdigit_l}, {"graph", iswgraph, iswgraph_l}, {"lower", iswlower, iswlower_l}, {"print", iswprint, iswprint_l},
             {"punct", iswpunct, iswpunct_l}, {"space", iswspace, iswspace_l}, {"upper", iswupper, iswupper_l}, {"xdigit", iswxdigit, iswxdigit_l}};
#define COUNT(A) (sizeof(A) / sizeof(A)[0])

int main(void) {
  locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  locale_t utf8 = newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0);
  if (!c || !utf8) return 2;
  for (int b = -1; b < 256; b++) {
    for (size_t i = 0; i < COUNT(bytes); i++) same(bytes[i].name, b, bytes[i].plain(b), bytes[i].local(b, c));
    if (tolower(b) != tolower_l(b, c) || toupper(b) != toupper_l(b, c)) printf("case of %d\n", b), failed = 1;
  }
  /* In the program's locale, C.UTF-8, as by its object. */
  setlocale(LC_ALL, "C.UTF-8");
  static const wint_t some[] = {L'a', L'Z', L'5', L' ', L'\t', L'_', 0x7f, 0xe9, 0xc9, 0xd7, 0x3b1, 0x391, 0x416, 0x436, 0x5d0, 0x661, 0x3042, 0x4e00, 0x20ac, 0x2003, 0x1f600, 0x10400, WEOF};
  for (size_t j = 0; j < COUNT(some); j++) {
    wint_t w = some[j];
    printf("%x:", w);
    for (size_t i = 0; i < COUNT(wides); i++) {
      int is = wides[i].plain(w);
      same(wides[i].name, (int)w, is, wides[i].local(w, utf8));
      wctype_t class = wctype(wides[i].name), local = wctype_l(wides[i].name, utf8);
      same(wides[i].name, (int)w, is, iswctype(w, class));
      same(wides[i].name, (int)w, is, iswctype_l(w, local, utf8));
      /* Digits of other scripts are letters to glibc alone, and which characters are shown differs by version. */
      if (is && w < 0x500) printf(" %s", wides[i].name);
    }
    printf(" %x %x %x %x", towlower(w), towupper(w), towlower_l(w, utf8), towupper_l(w, utf8));
    printf(" %x %x %x %x\n", towctrans(w, wctrans("tolower")), towctrans(w, wctrans("toupper")),
           towctrans_l(w, wctrans_l("tolower", utf8), utf8), towctrans_l(w, wctrans_l("toupper", utf8), utf8));
  }
  printf("%d %d %d %d\n", wctype("no such class") == 0, wctype_l("", utf8) == 0, wctrans("upside down") == 0, wctrans_l("", utf8) == 0);
  printf("%d\n", iswctype(L'a', 0));
  freelocale(c);
  freelocale(utf8);
  return failed;
}
