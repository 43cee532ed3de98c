/* The file of logins, in the current directory. */
/* expect: not-musl keeps no records */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <utmpx.h>

static struct utmpx record(short type, const char *id, const char *line, const char *user, pid_t pid) {
  struct utmpx r = {.ut_type = type, .ut_pid = pid};
  strncpy(r.ut_id, id, sizeof r.ut_id);
  strncpy(r.ut_line, line, sizeof r.ut_line);
  strncpy(r.ut_user, user, sizeof r.ut_user);
  return r;
}

static void list(void) {
  struct utmpx *r;
  setutxent();
  while ((r = getutxent()) != NULL) printf("%d %d %.4s %s %s\n", r->ut_type, r->ut_pid, r->ut_id, r->ut_line, r->ut_user);
  puts("-");
}

int main(void) {
  close(open("records", O_CREAT | O_RDWR, 0600));
  printf("%zu %d\n", sizeof(struct utmpx), utmpxname("records"));
  struct utmpx boot = record(BOOT_TIME, "~~", "~", "reboot", 0);
  struct utmpx one = record(USER_PROCESS, "t1", "tty1", "anna", 100);
  struct utmpx two = record(LOGIN_PROCESS, "t2", "tty2", "LOGIN", 200);
  setutxent();
  printf("%d\n", pututxline(&boot) && pututxline(&one) && pututxline(&two));
  list();
  struct utmpx gone = record(DEAD_PROCESS, "t1", "tty1", "", 100);
  setutxent();
  printf("%d\n", pututxline(&gone) != NULL);
  list();
  setutxent();
  struct utmpx *found = getutxline(&two);
  printf("%s\n", found ? found->ut_user : "none");
  setutxent();
  found = getutxid(&one);
  printf("%d\n", found ? found->ut_type : -1);
  setutxent();
  printf("%d\n", getutxline(&one) == NULL);
  updwtmpx("records", &one);
  list();
  /* A name may be long. */
  char path[300] = "";
  while (strlen(path) < 280) strcat(path, "./");
  strcat(path, "records");
  printf("%d\n", utmpxname(path));
  list();
  endutxent();
  return 0;
}
