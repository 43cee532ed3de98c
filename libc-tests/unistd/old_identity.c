/* expect: shared-glibc looks names up in libraries that it loads
   expect: not-musl has neither getpw nor sethostid */
/* The user by obsolete functions, and who may set the host's number. */
#define _GNU_SOURCE
#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
char *cuserid(char *);
static int caught;
static void catch(int signal) { caught = signal; }

int main(void) {
  int failed = 0;
  char name[9] = "x", line[4096];
  struct passwd *user = getpwuid(geteuid());
  if (user) {
    CHECK(cuserid(name) == name && !strncmp(name, user->pw_name, sizeof name - 1));
    CHECK(!strcmp(cuserid(NULL), name));
  }
  if (!access("/etc/passwd", R_OK)) {
    CHECK(getpw(0, line) == 0);
    CHECK(!strncmp(line, "root:", 5) && !strchr(line, '\n'));
  }
  CHECK(getpw(3999999999u, line) == -1);
  CHECK(getpw(0, NULL) == -1 && errno == EINVAL);
  CHECK(sethostid(1L << 40) == -1 && errno == EOVERFLOW);
  ssignal(SIGUSR1, catch);
  CHECK(gsignal(SIGUSR1) == 0 && caught == SIGUSR1);
  return failed;
}
