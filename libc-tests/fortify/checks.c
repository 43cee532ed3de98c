/* The checked functions that glibc's headers call: they work, and the last call ends the process. */
/* expect: not-musl has none of them */
/* expect: signal 6 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wchar.h>

ssize_t __read_chk(int, void *, size_t, size_t);
ssize_t __pread_chk(int, void *, size_t, off_t, size_t);
ssize_t __readlink_chk(const char *, char *, size_t, size_t);
char *__getcwd_chk(char *, size_t, size_t);
ssize_t __recv_chk(int, void *, size_t, size_t, int);
size_t __confstr_chk(int, char *, size_t, size_t);
wchar_t *__wcscpy_chk(wchar_t *, const wchar_t *, size_t);
wchar_t *__wcscat_chk(wchar_t *, const wchar_t *, size_t);
wchar_t *__wmemset_chk(wchar_t *, wchar_t, size_t, size_t);
wchar_t *__wmemcpy_chk(wchar_t *, const wchar_t *, size_t, size_t);
int __swprintf_chk(wchar_t *, size_t, int, size_t, const wchar_t *, ...);
size_t __mbsrtowcs_chk(wchar_t *, const char **, size_t, mbstate_t *, size_t);

int main(void) {
  char buffer[64];
  wchar_t wide[32];
  int fds[2];
  pipe(fds);
  write(fds[1], "hello", 5);
  printf("%zd %.5s\n", __read_chk(fds[0], buffer, 10, sizeof buffer), buffer);
  symlink("target", "link");
  printf("%zd\n", __readlink_chk("link", buffer, sizeof buffer, sizeof buffer));
  int fd = open("file", O_CREAT | O_RDWR, 0600);
  write(fd, "0123456789", 10);
  printf("%zd %.3s\n", __pread_chk(fd, buffer, 3, 4, sizeof buffer), buffer);
  char path[4096];
  printf("%d\n", __getcwd_chk(path, sizeof path, sizeof path) != NULL);
  socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
  write(fds[1], "abc", 3);
  printf("%zd\n", __recv_chk(fds[0], buffer, 3, sizeof buffer, 0));
  printf("%d\n", __confstr_chk(_CS_PATH, buffer, sizeof buffer, sizeof buffer) > 1);
  __wcscpy_chk(wide, L"wide", 32);
  __wcscat_chk(wide, L"r", 32);
  printf("%ls\n", wide);
  __wmemset_chk(wide, L'x', 3, 32);
  __wmemcpy_chk(wide + 3, L"yz", 3, 29);
  printf("%ls\n", wide);
  printf("%d %ls\n", __swprintf_chk(wide, 32, 1, 32, L"%d-%s", 42, "s"), wide);
  const char *text = "bytes";
  mbstate_t state = {0};
  printf("%zu\n", __mbsrtowcs_chk(wide, &text, 32, &state, 32));
  fflush(stdout);
  __read_chk(fds[0], buffer, sizeof buffer + 1, sizeof buffer);
  puts("not reached");
  return 0;
}
