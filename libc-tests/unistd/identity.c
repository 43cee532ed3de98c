/* expect: not-musl fpathconf knows nothing of the descriptor
   Users, groups, sessions, hosts, limits of paths: unistd.h but for files and processes. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
#define FAILS(E, C) (errno = 0, CHECK((C) == -1 && errno == E))
static int failed;

static int in_child(int (*f)(void)) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    failed = 0;
    int r = f();
    fflush(stdout);
    _exit(r || failed);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return status;
}

static int change_users(void) {
  uid_t r, e, s;
  gid_t rg, eg, sg;
  if (geteuid() != 0) return 0;
  CHECK(!setregid(12, 13) && getgid() == 12 && getegid() == 13 && !getresgid(&rg, &eg, &sg) && rg == 12 && eg == 13 && sg == 13);
  CHECK(!setresgid(-1, 14, -1) && getegid() == 14 && getgid() == 12);
  CHECK(!setreuid(-1, 5) && geteuid() == 5 && getuid() == 0 && !setreuid(-1, 0) && geteuid() == 0);
  CHECK(!setresuid(7, 8, 9) && !getresuid(&r, &e, &s) && r == 7 && e == 8 && s == 9);
  FAILS(EPERM, setresuid(0, -1, -1));
  FAILS(EPERM, setreuid(0, 0));
  CHECK(!setresuid(-1, 9, -1) && geteuid() == 9);
  return 0;
}

static int sessions(void) {
  pid_t id = setsid();
  CHECK(id == getpid() && getsid(0) == id && getsid(id) == id && getpgid(0) == id && getpgrp() == id);
  FAILS(EPERM, setsid());
  FAILS(ESRCH, getsid(4000000));
  FAILS(ESRCH, getpgid(4000000));
  return 0;
}

static int niceness(void) {
  int before = nice(0);
  CHECK(nice(3) == before + 3 && nice(100) == 19);
  return 0;
}

static pid_t children;

static int plain_fork(void) {
  pid_t child = _Fork();
  if (child == 0) _exit(getppid() > 1 ? 9 : 8);
  int status;
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 9);
  return 0;
}

int main(void) {
  CHECK(geteuid() == getuid() && getegid() == getgid());
  uid_t r, e, s;
  gid_t rg, eg, sg;
  CHECK(!getresuid(&r, &e, &s) && r == getuid() && e == r && s == r && !getresgid(&rg, &eg, &sg) && rg == getgid() && eg == rg && sg == rg);
  int n = getgroups(0, NULL);
  gid_t groups[n > 0 ? n : 1];
  CHECK(n >= 0 && getgroups(n, groups) == n);
  FAILS(EINVAL, getgroups(-1, groups));
  CHECK(in_child(change_users) == 0 && in_child(sessions) == 0 && in_child(niceness) == 0 && in_child(plain_fork) == 0);
  /* Hosts. */
  char name[HOST_NAME_MAX + 1], tiny[1] = {'x'};
  struct utsname u;
  CHECK(!gethostname(name, sizeof name) && !uname(&u) && !strcmp(name, u.nodename));
  CHECK(gethostid() == gethostid());
  /* Who is logged in, or why nobody is known to be. */
  char who[64], *login = getlogin();
  int error = getlogin_r(who, sizeof who);
  CHECK(error == 0 ? login && !strcmp(login, who) : error > 0);
  /* Random bytes. */
  unsigned char a[256] = {0}, b[256] = {0};
  CHECK(!getentropy(a, 256) && !getentropy(b, 256) && memcmp(a, b, 256));
  /* The standard says EINVAL. */
  errno = 0;
  CHECK(getentropy(a, 257) == -1 && (errno == EINVAL || errno == EIO));
  CHECK(!getentropy(a, 0));
  /* Limits. */
  CHECK(pathconf("/", _PC_NAME_MAX) >= 255 && pathconf("/", _PC_PATH_MAX) >= 1024 && pathconf(".", _PC_LINK_MAX) >= 8 && pathconf("/", _PC_PIPE_BUF) >= 512);
  FAILS(EINVAL, pathconf("/", 9999));
  FAILS(ENOENT, pathconf("", _PC_PATH_MAX));
  FAILS(ENOENT, pathconf("not there", _PC_CHOWN_RESTRICTED));
  FAILS(ENOENT, pathconf("not there", _PC_FILESIZEBITS));
  FAILS(ENOENT, pathconf("not there", _PC_2_SYMLINKS));
  FAILS(ENOENT, pathconf("not there", _PC_ASYNC_IO));
  FAILS(EBADF, fpathconf(-1, _PC_PIPE_BUF));
  int fd = open("f", O_RDWR | O_CREAT, 0600);
  CHECK(pathconf("f", _PC_ASYNC_IO) == 1 && pathconf("/", _PC_ASYNC_IO) == -1 && pathconf("f", _PC_FILESIZEBITS) >= 32);
  CHECK(fpathconf(fd, _PC_NAME_MAX) == pathconf("f", _PC_NAME_MAX) && fpathconf(fd, _PC_NO_TRUNC) == 1);
  FAILS(EBADF, fpathconf(-1, _PC_NAME_MAX));
  /* The system's processors are as many as before when the process keeps to one of them. */
  cpu_set_t all, one;
  long configured = sysconf(_SC_NPROCESSORS_CONF), online = sysconf(_SC_NPROCESSORS_ONLN);
  CHECK(sched_getaffinity(0, sizeof all, &all) == 0 && configured >= online && online >= 1);
  CPU_ZERO(&one);
  for (int cpu = 0; cpu < CPU_SETSIZE && !CPU_COUNT(&one); cpu++)
    if (CPU_ISSET(cpu, &all)) CPU_SET(cpu, &one);
  CHECK(sched_setaffinity(0, sizeof one, &one) == 0);
  if (access("/sys/devices/system/cpu/online", R_OK) == 0)
    CHECK(sysconf(_SC_NPROCESSORS_CONF) == configured && sysconf(_SC_NPROCESSORS_ONLN) == online);
  CHECK(sched_setaffinity(0, sizeof all, &all) == 0);
  char text[8];
  size_t need = confstr(_CS_PATH, NULL, 0), got = confstr(_CS_PATH, text, 5);
  CHECK(need > 4 && got == need && strlen(text) == 4 && !strncmp(text, "/bin", 4));
  errno = 0;
  CHECK(confstr(99999, text, 8) == 0 && errno == EINVAL);
  /* Bytes in pairs. */
  char pairs[9] = "", odd[4] = "xyz";
  swab("badcfehg", pairs, 8);
  swab("12345", odd, 3);
  swab("12", odd, -2);
  CHECK(!strcmp(pairs, "abcdefgh") && !strncmp(odd, "21", 2));
  return failed;
}
