/* fmtmsg: the error stream, by MSGVERB. */
/* expect: not-musl writes a message without its action but with its tag differently */
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
  return 0;
}
