/* expect: not-musl it has no fgetpwent_r and writes any field */
/* Entries read into the caller's buffer, and what putpwent and putgrent refuse. */
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
  return failed;
}
