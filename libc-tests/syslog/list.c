/* vsyslog writes to the standard error output as syslog does, when asked and nobody takes messages. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static void say(int priority, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsyslog(priority, format, args);
  va_end(args);
}

int main(void) {
  int failed = 0, ends[2];
  char text[256];
  CHECK(pipe(ends) == 0 && dup2(ends[1], 2) == 2);
  openlog("me", LOG_PERROR, LOG_USER);
  say(LOG_INFO, "number %d and %s", 5, "text");
  ssize_t n = read(ends[0], text, sizeof text - 1);
  text[n > 0 ? n : 0] = 0;
  printf("%s", text);
  CHECK(setlogmask(LOG_MASK(LOG_ERR)) == 255);
  say(LOG_INFO, "not said");
  say(LOG_ERR, "said");
  n = read(ends[0], text, sizeof text - 1);
  text[n > 0 ? n : 0] = 0;
  printf("%s", text);
  return failed;
}
