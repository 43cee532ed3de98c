/* expect: not-musl it has no fgetpwent_r and writes any field */
/* Entries read into the caller's buffer, and what putpwent and putgrent refuse. */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0;
  char *comma[] = {"a,b", NULL}, room[300], line[300];
  struct passwd *p, pw, user = {"ann", "x", 1, 2, "a:b\nc", "/", "/bin/sh"};
  struct group *g, gr, group = {"wheel", NULL, 10, NULL};
  FILE *f = tmpfile();
  CHECK(putpwent(&user, f) == 0);
  user.pw_shell = "/bin/s:h";
  errno = 0;
  CHECK(putpwent(&user, f) == -1 && errno == EINVAL);
  user.pw_shell = NULL, user.pw_dir = "/a\nb";
  CHECK(putpwent(&user, f) == -1 && errno == EINVAL);
  user.pw_name = "+net", user.pw_dir = NULL, user.pw_gecos = NULL;
  CHECK(putpwent(&user, f) == 0);
  CHECK(putpwent(NULL, f) == -1 && putpwent(&user, NULL) == -1 && errno == EINVAL);
  rewind(f);
  while (fgets(line, sizeof line, f)) fputs(line, stdout);
  rewind(f);
  CHECK(fgetpwent_r(f, &pw, room, 5, &p) == ERANGE && p == NULL);
  CHECK(fgetpwent_r(f, &pw, room, sizeof room, &p) == 0 && p == &pw && !strcmp(pw.pw_name, "ann"));
  fclose(f);
  f = tmpfile();
  CHECK(putgrent(&group, f) == 0);
  group.gr_name = "a:b";
  errno = 0;
  CHECK(putgrent(&group, f) == -1 && errno == EINVAL);
  group.gr_name = "a", group.gr_mem = comma, errno = 0;
  CHECK(putgrent(&group, f) == -1 && errno == EINVAL);
  rewind(f);
  while (fgets(line, sizeof line, f)) fputs(line, stdout);
  rewind(f);
  CHECK(fgetgrent_r(f, &gr, room, 5, &g) == ERANGE && g == NULL);
  CHECK(fgetgrent_r(f, &gr, room, sizeof room, &g) == 0 && g == &gr && gr.gr_gid == 10);
  CHECK(fgetgrent_r(f, &gr, room, sizeof room, &g) == ENOENT && g == NULL);
  fclose(f);
  /* Blanks before a line and before the members of a group are no part of them. */
  f = tmpfile();
  fputs(" \t ed:x:6: y ,\tz,,\n  # none:x:1:\nfred:x:7:w\n", f);
  rewind(f);
  while ((g = fgetgrent(f))) {
    printf("%s %u", g->gr_name, g->gr_gid);
    for (char **member = g->gr_mem; *member; member++) printf(" <%s>", *member);
    printf("\n");
  }
  fclose(f);
  f = tmpfile();
  fputs("  # none:x:1:1::/:\n \ted:x:6:7: Ed :/ :/bin/sh\n", f);
  rewind(f);
  while ((p = fgetpwent(f))) printf("<%s> %u <%s> <%s>\n", p->pw_name, p->pw_uid, p->pw_gecos, p->pw_dir);
  fclose(f);
  return failed;
}
