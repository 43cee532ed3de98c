/* The older names, utmp.h's: the same records. */
/* expect: not-musl keeps no records */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <utmp.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0;
  struct utmp one = {.ut_type = USER_PROCESS, .ut_pid = 100, .ut_id = "t1", .ut_line = "tty1", .ut_user = "anna"};
  struct utmp two = {.ut_type = LOGIN_PROCESS, .ut_pid = 200, .ut_id = "t2", .ut_line = "tty2", .ut_user = "LOGIN"}, *r;
  close(open("records", O_CREAT | O_RDWR, 0600));
  CHECK(utmpname("records") == 0);
  setutent();
  CHECK(getutent() == NULL && pututline(&one) != NULL);
  updwtmp("records", &two);
  setutent();
  CHECK((r = getutent()) && !strcmp(r->ut_user, "anna") && r->ut_pid == 100 && (r = getutent()) && !strcmp(r->ut_line, "tty2") && getutent() == NULL);
  setutent();
  CHECK((r = getutid(&two)) && r->ut_pid == 200);
  setutent();
  CHECK((r = getutline(&one)) && r->ut_pid == 100 && getutline(&one) == NULL);
  endutent();
  return failed;
}
