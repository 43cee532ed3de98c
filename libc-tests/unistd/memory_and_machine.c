/* The machine's pages, processors and tables as unistd.h and sys/sysinfo.h tell them, the break, and passwords. */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
#define FAILS(E, C) (errno = 0, CHECK((C) == -1 && errno == E))

int main(void) {
  int failed = 0;
  struct rlimit limit;
  CHECK(getpagesize() == 4096 && sysconf(_SC_PAGESIZE) == 4096);
  CHECK(get_nprocs() >= 1 && get_nprocs_conf() >= get_nprocs() && get_nprocs() == sysconf(_SC_NPROCESSORS_ONLN) && get_nprocs_conf() == sysconf(_SC_NPROCESSORS_CONF));
  CHECK(get_phys_pages() > 1000 && get_avphys_pages() > 0 && get_avphys_pages() <= get_phys_pages());
  CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0 && getdtablesize() == (int)limit.rlim_cur);
  limit.rlim_cur = 20;
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0 && getdtablesize() == 20);
  /* prlimit asks and sets at once. */
  struct rlimit before, wanted = {17, limit.rlim_max};
  CHECK(prlimit(0, RLIMIT_NOFILE, &wanted, &before) == 0 && before.rlim_cur == 20 && getdtablesize() == 17);
  CHECK(prlimit(getpid(), RLIMIT_NOFILE, NULL, &before) == 0 && before.rlim_cur == 17);
  FAILS(EINVAL, prlimit(0, 99, NULL, &before));
  wanted.rlim_cur = 18;
  wanted.rlim_max = 17;
  FAILS(EINVAL, prlimit(0, RLIMIT_NOFILE, &wanted, NULL));
  FAILS(ESRCH, prlimit(4000000, RLIMIT_NOFILE, NULL, &before));
  CHECK(sbrk(0) != (void *)-1 && sbrk(0) == sbrk(0));
  char domain[128] = "";
  CHECK(getdomainname(domain, sizeof domain) == 0 && strlen(domain) < sizeof domain);
  int status = -1;
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) _exit(gettid() == getpid() && setpgrp() == 0 && getpgrp() == getpid() ? 0 : 1);
  CHECK(waitpid(child, &status, 0) == child && status == 0 && gettid() == getpid() && getpgrp() != child);
  /* Files as the effective user sees them. */
  fclose(fopen("f", "w"));
  CHECK(eaccess("f", R_OK | W_OK) == 0 && euidaccess("f", F_OK) == 0);
  FAILS(ENOENT, eaccess("none", F_OK));
  FAILS(ENOENT, euidaccess("none", F_OK));
  FAILS(EACCES, eaccess("f", X_OK));
  char *here = get_current_dir_name(), *same = getcwd(NULL, 0);
  CHECK(here && same && !strcmp(here, same));
  /* PWD is believed if it is this directory. */
  char dotted[strlen(same) + 8];
  strcat(strcpy(dotted, same), "/.");
  setenv("PWD", dotted, 1);
  free(here);
  here = get_current_dir_name();
  CHECK(here && !strcmp(here, dotted));
  setenv("PWD", "/nowhere", 1);
  free(here);
  here = get_current_dir_name();
  CHECK(here && !strcmp(here, same));
  free(here);
  free(same);
  return failed;
}
