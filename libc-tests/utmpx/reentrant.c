/* expect: not-musl keeps no records */
/* Login records into the caller's structure. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <utmp.h>
#include <utmpx.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0;
  struct utmp one = {0}, room, *found = &one;
  struct utmpx other;
  fclose(fopen("records", "w"));
  CHECK(utmpname("records") == 0);
  one.ut_type = USER_PROCESS;
  strcpy(one.ut_id, "q1");
  strcpy(one.ut_line, "tty9");
  strcpy(one.ut_user, "ann");
  setutent();
  CHECK(pututline(&one) != NULL);
  setutent();
  CHECK(getutent_r(&room, &found) == 0 && found == &room && !strcmp(room.ut_user, "ann"));
  CHECK(getutent_r(&room, &found) == -1 && !found);
  setutent();
  CHECK(getutid_r(&one, &room, &found) == 0 && found == &room && !strcmp(room.ut_line, "tty9"));
  setutent();
  CHECK(getutline_r(&one, &room, &found) == 0 && found == &room);
  strcpy(one.ut_line, "tty8");
  setutent();
  CHECK(getutline_r(&one, &room, &found) == -1 && !found);
  getutmpx(&one, &other);
  CHECK(other.ut_type == USER_PROCESS && !strcmp(other.ut_user, "ann"));
  memset(&room, 0, sizeof room);
  getutmp(&other, &room);
  CHECK(!strcmp(room.ut_line, "tty8"));
  endutent();
  return failed;
}
