/* expect: shared-glibc looks users up in libraries that it loads */
/* expect: not-musl its sgetspent is missing and it knows no short lines */
/* Passwords and their ages: written, read back, from text, into the caller's buffer. */
#include <errno.h>
#include <shadow.h>
#include <stdio.h>
#include <string.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

static void show(struct spwd *s) {
  if (s)
    printf("%s %s %ld %ld %ld %ld %ld %ld %lu\n", s->sp_namp, s->sp_pwdp, s->sp_lstchg, s->sp_min, s->sp_max, s->sp_warn, s->sp_inact, s->sp_expire, s->sp_flag);
  else
    puts("none");
}

int main(void) {
  int failed = 0, users = 0;
  char room[300], line[300];
  struct spwd *s, sp, user = {"ann", "!", 19000, 0, 99999, 7, -1, -1, (unsigned long)-1};
  FILE *f = tmpfile();
  CHECK(putspent(&user, f) == 0);
  user.sp_namp = "bob", user.sp_expire = 20000, user.sp_flag = 3;
  CHECK(putspent(&user, f) == 0);
  user.sp_namp = "b:b", errno = 0;
  CHECK(putspent(&user, f) == -1 && errno == EINVAL);
  rewind(f);
  while (fgets(line, sizeof line, f)) fputs(line, stdout);
  rewind(f);
  show(fgetspent(f));
  CHECK(fgetspent_r(f, &sp, room, 3, &s) == ERANGE && s == NULL);
  CHECK(fgetspent_r(f, &sp, room, sizeof room, &s) == 0 && s == &sp);
  show(s);
  CHECK(fgetspent_r(f, &sp, room, sizeof room, &s) == ENOENT && s == NULL);
  fclose(f);
  show(sgetspent("root:*:1:2:3:4:5:6:7"));
  show(sgetspent("root:*:::::::"));
  show(sgetspent("root:*:x::::::"));
  show(sgetspent("root:*: 1:2:3:4:5:6:7"));
  show(sgetspent("root:*:1:2:3"));
  show(sgetspent("root:*:1:2:3:"));
  show(sgetspent("root:*:1:2:3:4"));
  show(sgetspent("root:*:1"));
  show(sgetspent("root:*"));
  CHECK(sgetspent_r("cy:pw:1:2:3:4:5:6:", &sp, room, sizeof room, &s) == 0 && s == &sp && sp.sp_expire == 6);
  CHECK(sgetspent_r("cy:pw:1:2:3:4:5:6:", &sp, room, 4, &s) == ERANGE);
  /* The system's own, where this program may read it. */
  errno = 0;
  setspent();
  while ((s = getspent())) users += s->sp_namp[0] != 0;
  endspent();
  CHECK((getspent_r(&sp, room, sizeof room, &s) == 0) == (users > 0));
  endspent();
  s = getspnam("no such user");
  CHECK(s == NULL);
  CHECK(getspnam_r("no such user", &sp, room, sizeof room, &s) == 0 || errno != 0);
  CHECK(users >= 0 && s == NULL);
  return failed;
}
