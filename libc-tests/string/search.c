/* Scans, copies and comparisons at every alignment, against byte loops. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned char area[1024], other[1024];

static void require(int condition, const char *what, int a, int b) {
  if (!condition) {
    printf("wrong: %s %d %d\n", what, a, b);
    exit(1);
  }
}

int main(void) {
  for (int start = 0; start < 40; start++) {
    for (int length = 0; length < 200; length++) {
      char *s = (char *)area + start;
      memset(area, 'x', sizeof area);
      for (int i = 0; i < length; i++) s[i] = 'a' + i % 7;
      s[length] = 0;
      require(strlen(s) == (size_t)length, "strlen", start, length);
      require(strchr(s, 'x') == 0, "strchr", start, length);
      require(strchr(s, 0) == s + length, "strchr null", start, length);
      require(memchr(s, 0, 1000) == s + length, "memchr", start, length);
      char *last = 0;
      for (int i = 0; i < length; i++)
        if (s[i] == 'c') last = s + i;
      require(strrchr(s, 'c') == last, "strrchr", start, length);
      memset(other, 'y', sizeof other);
      memcpy(other + 7, s, length + 1);
      require(other[6] == 'y' && other[8 + length] == 'y', "memcpy bounds", start, length);
      require(strcmp((char *)other + 7, s) == 0, "strcmp", start, length);
      if (length) {
        other[7 + length / 2] ^= 0x80;
        require(strcmp((char *)other + 7, s) > 0, "strcmp unsigned", start, length);
        require(memcmp(s, other + 7, length) < 0, "memcmp unsigned", start, length);
      }
      memmove(s + 3, s, length);
      for (int i = 0; i < length; i++) require(s[i + 3] == 'a' + i % 7, "memmove", start, length);
    }
  }
  printf("%s %s %s\n", strstr("abababc", "ababc"), strstr("abc", ""), strpbrk("hello", "xl"));
  printf("%zu %zu\n", strspn("aabbc", "ab"), strcspn("aabbc", "c"));
  char text[] = "a,b;;c";
  for (char *t = strtok(text, ",;"); t; t = strtok(0, ",;")) printf("[%s]", t);
  printf("\n%s | %s\n", strerror(2), strsignal(11));
  return 0;
}
