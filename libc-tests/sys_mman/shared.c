/* Shared memory objects by name, and advice. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
#define FAILS(E, C) (errno = 0, CHECK((C) == -1 && errno == E))

int main(void) {
  int failed = 0, status;
  char name[40];
  sprintf(name, "/clew-shared-%d", (int)getpid());
  struct stat st;
  int fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
  CHECK(fd >= 0 && (fcntl(fd, F_GETFD) & FD_CLOEXEC) && !fstat(fd, &st) && st.st_size == 0 && (st.st_mode & 0777) == 0600);
  FAILS(EEXIST, shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600));
  CHECK(!ftruncate(fd, 4096));
  char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  CHECK(p != MAP_FAILED && p[0] == 0);
  pid_t child = fork();
  if (child == 0) {
    int again = shm_open(name, O_RDWR, 0);
    char *q = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, again, 0);
    strcpy(q + 10, "from the child");
    _exit(0);
  }
  waitpid(child, &status, 0);
  CHECK(!strcmp(p + 10, "from the child"));
  CHECK(posix_madvise(p, 4096, POSIX_MADV_SEQUENTIAL) == 0 && posix_madvise(p, 4096, POSIX_MADV_DONTNEED) == 0 && !strcmp(p + 10, "from the child"));
  CHECK(posix_madvise(p, 4096, 77) == EINVAL && posix_madvise(p + 1, 10, POSIX_MADV_NORMAL) == EINVAL);
  CHECK(msync(p, 4096, MS_SYNC) == 0 && mlock(p, 4096) == 0 && munlock(p, 4096) == 0);
  CHECK(shm_unlink(name) == 0);
  FAILS(ENOENT, shm_unlink(name));
  FAILS(ENOENT, shm_open(name, O_RDWR, 0));
  FAILS(EINVAL, shm_open("/a/b", O_RDWR | O_CREAT, 0600));
  CHECK(!strcmp(p + 10, "from the child"));
  munmap(p, 4096);
  return failed;
}
