/* expect: not-musl it writes blanks as \040 and does not read them so */
/* A table of mounts: written with blanks in its fields, read back, options found whole. */
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0;
  char line[300], room[300];
  struct mntent *m, entry = {"/dev/a b", "/mnt\tc", "ext4", "rw,nosuid,size=5", 1, 2}, got;
  FILE *f = setmntent("table", "w+");
  CHECK(f && addmntent(f, &entry) == 0);
  entry.mnt_fsname = "none", entry.mnt_opts = "defaults", entry.mnt_freq = 0, entry.mnt_passno = 0;
  fputs("# a comment\n\n", f);
  CHECK(addmntent(f, &entry) == 0);
  rewind(f);
  CHECK((m = getmntent(f)) && m->mnt_freq == 1 && m->mnt_passno == 2);
  printf("%s %s %s %s\n", m->mnt_fsname, m->mnt_dir, m->mnt_type, m->mnt_opts);
  CHECK(hasmntopt(m, "nosuid") == m->mnt_opts + 3 && hasmntopt(m, "suid") == NULL);
  CHECK(hasmntopt(m, "size") == m->mnt_opts + 10);
  CHECK(getmntent_r(f, &got, room, sizeof room) == &got && !strcmp(got.mnt_fsname, "none"));
  CHECK(getmntent(f) == NULL);
  CHECK(endmntent(f) == 1);
  f = fopen("table", "r");
  while (fgets(line, sizeof line, f)) fputs(line, stdout);
  fclose(f);
  /* A line longer than the room is cut, and its rest is no line. */
  f = fopen("long", "w");
  fputs("one /mnt/one overlay rw,uid=5,noatime,lowerdir=", f);
  for (int i = 0; i < 6000; i++) fputc('a' + i % 26, f);
  fputs(" 0 0\ntwo /mnt/two ext4 rw 1 2\nthree /mnt/three ext4 rw 0 0", f);
  fclose(f);
  f = setmntent("long", "r");
  CHECK((m = getmntent(f)) && !strcmp(m->mnt_dir, "/mnt/one") && strlen(m->mnt_opts) > 4000);
  CHECK(hasmntopt(m, "uid=5") == m->mnt_opts + 3 && hasmntopt(m, "uid=") == NULL && hasmntopt(m, "ui") == NULL);
  CHECK((m = getmntent(f)) && !strcmp(m->mnt_dir, "/mnt/two") && m->mnt_passno == 2);
  CHECK((m = getmntent(f)) && !strcmp(m->mnt_dir, "/mnt/three"));
  CHECK(getmntent(f) == NULL);
  rewind(f);
  while (getmntent_r(f, &got, room, 40)) printf("%s %s %s %s\n", got.mnt_fsname, got.mnt_dir, got.mnt_type, got.mnt_opts);
  fclose(f);
  f = fopen("table", "r");
  CHECK(addmntent(f, &entry) == 1);
  fclose(f);
  return failed;
}
