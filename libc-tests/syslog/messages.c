/* syslog: what it writes to standard error with LOG_PERROR, masks, names, and %m. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

int main(void) {
  int saved = dup(2), fd = open("log", O_RDWR | O_CREAT | O_TRUNC, 0600);
  dup2(fd, 2);
  openlog("tester", LOG_PERROR, LOG_USER);
  syslog(LOG_INFO, "plain %d", 5);
  errno = ENOENT;
  syslog(LOG_ERR, "reason: %m");
  int old = setlogmask(LOG_UPTO(LOG_WARNING));
  syslog(LOG_NOTICE, "masked");
  syslog(LOG_CRIT, "shown\n");
  int now = setlogmask(0);
  setlogmask(LOG_MASK(LOG_DEBUG));
  syslog(LOG_CRIT, "masked again");
  syslog(LOG_DEBUG, "%s", "debug");
  closelog();
  /* The options and the facility stay; the name is that of openlog. */
  openlog("other", LOG_PERROR, LOG_LOCAL0);
  closelog();
  off_t before = lseek(fd, 0, SEEK_END);
  syslog(LOG_DEBUG, "end");
  closelog();
  dup2(saved, 2);
  char text[400] = "";
  pread(fd, text, sizeof text - 1, 0);
  char *name = strchr(text + before, ':');
  printf("%.*s", (int)before, text);
  puts(name ? name : "nothing");
  printf("%x %x\n", old, now);
  return 0;
}
