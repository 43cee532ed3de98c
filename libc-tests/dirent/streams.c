/* Directory streams: reading, positions, scandir. */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int visible(const struct dirent *entry)
{
  return entry->d_name[0] != '.';
}

int main(void)
{
  char root[] = "/tmp/tlibc-dirent-XXXXXX";
  const char *names[] = { "b", "a10", "a9", "c" };
  struct dirent *entry, **list;
  unsigned seen = 0;
  int i, n, fd;
  long at = -1;
  char after[256] = "";
  DIR *dir;

  assert(mkdtemp(root) == root && chdir(root) == 0);
  for (i = 0; i < 4; i++)
    assert(close(open(names[i], O_CREAT | O_WRONLY, 0600)) == 0);
  assert(mkdir("sub", 0700) == 0);

  dir = opendir(".");
  assert(dir != NULL);
  for (errno = 0, n = 0; (entry = readdir(dir)) != NULL; n++) {
    for (i = 0; i < 4; i++)
      if (strcmp(entry->d_name, names[i]) == 0) {
        seen |= 1u << i;
        assert(entry->d_type == DT_REG || entry->d_type == DT_UNKNOWN);
      }
    if (n == 2)
      at = telldir(dir);
    if (n == 3)
      strcpy(after, entry->d_name);
  }
  assert(errno == 0 && n == 7 && seen == 15);
  seekdir(dir, at);
  assert((entry = readdir(dir)) != NULL && strcmp(entry->d_name, after) == 0);
  rewinddir(dir);
  for (n = 0; readdir(dir) != NULL; n++)
    ;
  assert(n == 7 && closedir(dir) == 0);
  printf("entries: %d\n", n);

  n = scandir(".", &list, visible, alphasort);
  for (i = 0; i < n; i++) {
    printf("%s\n", list[i]->d_name);
    free(list[i]);
  }
  free(list);

  errno = 0;
  assert(opendir("no-such-directory") == NULL && errno == ENOENT);
  errno = 0;
  assert(opendir("b") == NULL && errno == ENOTDIR);
  fd = open("b", O_RDONLY);
  errno = 0;
  assert(fdopendir(fd) == NULL && errno == ENOTDIR && close(fd) == 0);
  fd = open(".", O_RDONLY);
  dir = fdopendir(fd);
  assert(dir != NULL && dirfd(dir) == fd && closedir(dir) == 0);
  errno = 0;
  assert(close(fd) == -1 && errno == EBADF);
  puts("errors: ok");

  for (i = 0; i < 4; i++)
    unlink(names[i]);
  rmdir("sub");
  assert(chdir("/") == 0 && rmdir(root) == 0);
  return 0;
}
