/* Entries of users and groups written to files and read back, with fields that cannot be written. */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

static void show(FILE *f) {
  int c;
  rewind(f);
  while ((c = getc(f)) != EOF) putchar(c);
  rewind(f);
}

int main(void) {
  int failed = 0;
  char *members[] = {"a", "bc", NULL}, *none[] = {NULL};
  struct passwd *p, user = {"ann", "x", 1000, 4294967295u, "Ann, room 5", "/home/ann", "/bin/sh"};
  struct group *g, group = {"wheel", "*", 10, members};
  FILE *f = tmpfile();
  CHECK(putpwent(&user, f) == 0);
  user.pw_name = "bob", user.pw_gecos = "", user.pw_shell = "";
  CHECK(putpwent(&user, f) == 0);
  fputs("not an entry\n", f);
  user.pw_name = "cy", user.pw_uid = 0;
  CHECK(putpwent(&user, f) == 0);
  show(f);
  CHECK((p = fgetpwent(f)) && !strcmp(p->pw_name, "ann") && p->pw_uid == 1000 && p->pw_gid == 4294967295u);
  CHECK(!strcmp(p->pw_gecos, "Ann, room 5") && !strcmp(p->pw_dir, "/home/ann") && !strcmp(p->pw_shell, "/bin/sh"));
  CHECK((p = fgetpwent(f)) && !strcmp(p->pw_name, "bob") && !*p->pw_gecos && !*p->pw_shell);
  CHECK((p = fgetpwent(f)) && !strcmp(p->pw_name, "cy"));
  CHECK(fgetpwent(f) == NULL && feof(f));
  fclose(f);
  f = tmpfile();
  CHECK(putgrent(&group, f) == 0);
  group.gr_mem = none, group.gr_gid = 0, group.gr_name = "users";
  CHECK(putgrent(&group, f) == 0);
  show(f);
  CHECK((g = fgetgrent(f)) && !strcmp(g->gr_name, "wheel") && g->gr_gid == 10 && !strcmp(g->gr_mem[1], "bc") && !g->gr_mem[2]);
  CHECK((g = fgetgrent(f)) && !strcmp(g->gr_name, "users") && !g->gr_mem[0]);
  CHECK(fgetgrent(f) == NULL);
  fclose(f);
  return failed;
}
