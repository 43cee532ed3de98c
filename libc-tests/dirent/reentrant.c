/* readdir_r gives the entries that readdir gives, then null. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
  mkdir("d", 0700);
  close(creat("d/a", 0600));
  mkdir("d/b", 0700);
  DIR *dir = opendir("d");
  struct dirent entry, *found;
  int seen = 0, error;
  while ((error = readdir_r(dir, &entry, &found)) == 0 && found) {
    seen += found == &entry && strlen(entry.d_name) == 1 ? entry.d_name[0] == 'a' ? 1 : entry.d_name[0] == 'b' ? 10 : 100 : 1000;
  }
  printf("%d %d %d\n", seen, error, found == NULL);
  closedir(dir);
  return 0;
}
