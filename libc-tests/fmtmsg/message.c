/* fmtmsg: the error stream, by MSGVERB. */
/* expect: not-musl writes a message without its action but with its tag differently */
#define _GNU_SOURCE
#include <fcntl.h>
#include <fmtmsg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(void) {
  dup2(1, 2);
  setvbuf(stdout, NULL, _IONBF, 0);
  printf("%d\n", fmtmsg(MM_PRINT, "lib:part", MM_ERROR, "cannot do it", "try again", "lib:part:001"));
  printf("%d\n", fmtmsg(MM_PRINT | MM_SOFT, "lib:part", MM_HALT, "only text", MM_NULLACT, MM_NULLTAG));
  printf("%d\n", fmtmsg(MM_PRINT, MM_NULLLBL, MM_WARNING, "no label", "act", MM_NULLTAG));
  printf("%d\n", fmtmsg(MM_PRINT, "lib:part", MM_NOSEV, "no severity", MM_NULLACT, MM_NULLTAG));
  printf("%d\n", fmtmsg(MM_HARD, "lib:part", MM_INFO, "nowhere", "a", "t"));
  /* What is no label: at most 10 bytes, a colon, at most 14 bytes. */
  static const char *const labels[] = {"nocolon", "elevenbytes:x", "tenbytes10:fourteenbytes14", "x:fifteenbytes-15", ":", "a:b:c", ""};
  for (int i = 0; i < 7; i++) printf("%d\n", fmtmsg(MM_PRINT, labels[i], MM_ERROR, "text", MM_NULLACT, MM_NULLTAG));
  /* Severities of the program's own. */
  printf("%d\n", fmtmsg(MM_PRINT, "a:b", 9, "unknown", MM_NULLACT, MM_NULLTAG));
  printf("%d %d %d %d\n", addseverity(9, "NOTE"), addseverity(10, "TEN"), addseverity(4, "no"), addseverity(11, NULL));
  printf("%d\n", fmtmsg(MM_PRINT, "a:b", 9, "known", MM_NULLACT, MM_NULLTAG));
  printf("%d\n", addseverity(9, "OTHER"));
  printf("%d\n", fmtmsg(MM_PRINT, "a:b", 9, "known", MM_NULLACT, MM_NULLTAG));
  printf("%d\n", addseverity(9, NULL));
  printf("%d\n", addseverity(9, NULL));
  printf("%d\n", fmtmsg(MM_PRINT, "a:b", 9, "gone", MM_NULLACT, MM_NULLTAG));
  printf("%d\n", fmtmsg(MM_PRINT, "a:b", 10, "there", MM_NULLACT, MM_NULLTAG));
  return 0;
}
