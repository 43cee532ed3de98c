/* expect: shared-glibc looks users up in libraries that it loads
   expect: not-musl does not have them */
/* Users and groups one after another into the caller's room: the same as without, and again when it was too small. */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0, users = 0, groups = 0, error;
  struct passwd user, *u;
  struct group group, *g;
  char names[1000][33], room[4096], small[2];
  setpwent();
  for (struct passwd *p; users < 1000 && (p = getpwent()); users++) snprintf(names[users], 33, "%s", p->pw_name);
  setpwent();
  CHECK(users > 0 && getpwent_r(&user, small, sizeof small, &u) == ERANGE && u == NULL);
  for (int i = 0; i < users; i++) CHECK(getpwent_r(&user, room, sizeof room, &u) == 0 && u == &user && !strncmp(user.pw_name, names[i], 32));
  CHECK((error = getpwent_r(&user, room, sizeof room, &u)) == ENOENT && u == NULL);
  endpwent();
  setgrent();
  for (struct group *p; groups < 1000 && (p = getgrent()); groups++) snprintf(names[groups], 33, "%s", p->gr_name);
  setgrent();
  CHECK(groups > 0 && getgrent_r(&group, small, sizeof small, &g) == ERANGE && g == NULL);
  for (int i = 0; i < groups; i++) CHECK(getgrent_r(&group, room, sizeof room, &g) == 0 && g == &group && !strncmp(group.gr_name, names[i], 32));
  CHECK(getgrent_r(&group, room, sizeof room, &g) == ENOENT && g == NULL);
  endgrent();
  return failed;
}
