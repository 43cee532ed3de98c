/* expect: shared-glibc looks users up in libraries that it loads */
/* Users and groups: by name, by number, one after another, and with buffers that are too small. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0, users = 0, groups = 0, seen = 0;
  struct passwd *p, pw, *found;
  struct group *g, gr, *found_group;
  char b[4096];
  CHECK((p = getpwuid(0)) && !strcmp(p->pw_name, "root") && p->pw_gid == 0 && p->pw_dir[0] == '/' && p->pw_shell[0] == '/');
  CHECK((p = getpwnam("root")) && p->pw_uid == 0 && p->pw_passwd && p->pw_gecos);
  errno = 0;
  CHECK(getpwuid(3999999999u) == NULL && errno == 0 && getpwnam("no such user") == NULL);
  CHECK(getpwnam_r("root", &pw, b, sizeof b, &found) == 0 && found == &pw && pw.pw_uid == 0 && pw.pw_name >= b && pw.pw_name < b + sizeof b);
  CHECK(getpwuid_r(0, &pw, b, sizeof b, &found) == 0 && found == &pw && !strcmp(pw.pw_name, "root"));
  CHECK(getpwuid_r(0, &pw, b, 3, &found) == ERANGE && found == NULL);
  CHECK(getpwnam_r("no such user", &pw, b, sizeof b, &found) == 0 && found == NULL);
  setpwent();
  while ((p = getpwent())) users++, seen += p->pw_uid == 0;
  CHECK(users >= 1 && seen >= 1);
  setpwent();
  CHECK((p = getpwent()) != NULL);
  endpwent();
  CHECK((p = getpwent()) && !strcmp(p->pw_name, "root"));
  endpwent();
  CHECK((g = getgrgid(0)) && !strcmp(g->gr_name, "root") && g->gr_mem && g->gr_passwd);
  CHECK((g = getgrnam("root")) && g->gr_gid == 0);
  errno = 0;
  CHECK(getgrgid(3999999999u) == NULL && errno == 0 && getgrnam("no such group") == NULL);
  CHECK(getgrnam_r("root", &gr, b, sizeof b, &found_group) == 0 && found_group == &gr && gr.gr_gid == 0);
  CHECK(getgrgid_r(0, &gr, b, sizeof b, &found_group) == 0 && found_group == &gr && !strcmp(gr.gr_name, "root"));
  CHECK(getgrgid_r(0, &gr, b, 3, &found_group) == ERANGE && found_group == NULL);
  CHECK(getgrnam_r("no such group", &gr, b, sizeof b, &found_group) == 0 && found_group == NULL);
  setgrent();
  for (seen = 0; (g = getgrent());) groups++, seen += g->gr_gid == 0;
  CHECK(groups >= 1 && seen >= 1);
  setgrent();
  CHECK((g = getgrent()) && !strcmp(g->gr_name, "root"));
  endgrent();
  CHECK((g = getgrent()) && g->gr_gid == 0);
  endgrent();
  return failed;
}
