/* A program that changes a variable to and fro, or empties its environment again and again, does not grow. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))

int main(void) {
  int failed = 0;
  char text[200] = "", name[20], value[20];
  int file = open("/proc/self/statm", O_RDONLY);
  if (file < 0 || read(file, text, sizeof text - 1) <= 0) return 2;
  close(file);
  unsigned long pages = strtoul(text, NULL, 10);
  if (pages == 0) return 2;
  struct rlimit limit;
  getrlimit(RLIMIT_AS, &limit);
  limit.rlim_cur = pages * 4096 + (6 << 20);
  if (setrlimit(RLIMIT_AS, &limit)) return 3;
  for (int i = 0; i < 100000 && !failed; i++) {
    CHECK(setenv("TZ", "Europe/Vienna, which is a long name for a zone, longer than names are", 1) == 0);
    CHECK(setenv("TZ", "UTC", 1) == 0);
  }
  CHECK(!strcmp(getenv("TZ"), "UTC"));
  static char own[] = "OWN=text";
  for (int i = 0; i < 50000 && !failed; i++) {
    CHECK(clearenv() == 0 && !getenv("OWN"));
    CHECK(putenv(own) == 0 && !strcmp(getenv("OWN"), "text") && !getenv("TZ"));
  }
  /* Many different ones, each found again; one that was changed in its place is not mistaken for what it was. */
  for (int round = 0; round < 2; round++)
    for (int i = 0; i < 300; i++) {
      snprintf(name, sizeof name, "N%d", i);
      snprintf(value, sizeof value, "%d.%d", i % 2 ? round : 0, i);
      CHECK(setenv(name, value, 1) == 0);
    }
  for (int i = 0; i < 300; i++) {
    snprintf(name, sizeof name, "N%d", i);
    snprintf(value, sizeof value, "%d.%d", i % 2, i);
    CHECK(getenv(name) && !strcmp(getenv(name), value));
  }
  setenv("A", "first", 1);
  memcpy(getenv("A"), "wrong", 5);
  setenv("B", "", 1);
  setenv("A", "first", 1);
  CHECK(!strcmp(getenv("A"), "first") && !strcmp(getenv("B"), "") && setenv("A", "x", 0) == 0 && !strcmp(getenv("A"), "first"));
  CHECK(unsetenv("A") == 0 && !getenv("A") && !strcmp(getenv("OWN"), "text"));
  return failed;
}
