/* The names that syslog.conf(5) has for facilities and priorities. */
#define SYSLOG_NAMES
#include <stdio.h>
#include <string.h>
#include <syslog.h>

static int find(const CODE *table, const char *name) {
  for (; table->c_name; table++)
    if (!strcmp(table->c_name, name)) return table->c_val;
  return table->c_val;
}

int main(void) {
  static const char *const names[] = {"alert", "crit", "debug", "emerg", "err", "error", "info", "none", "notice", "panic", "warn", "warning",
      "auth", "authpriv", "cron", "daemon", "ftp", "kern", "lpr", "mail", "mark", "news", "security", "syslog", "user", "uucp", "local0", "local7", "nobody"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) printf("%s %d %d\n", names[i], find(prioritynames, names[i]), find(facilitynames, names[i]));
  return 0;
}
