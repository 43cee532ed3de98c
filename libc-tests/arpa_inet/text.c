/* Internet addresses as text. */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(void)
{
  const char *six[] = { "::", "::1", "1::", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "fe80:0:0:1::", "1:0:0:2:0:0:0:3",
                        ":::", "1:2", "12345::", "1::2::3", "1:2:3:4:5:6:7:8:9", "::1.2.3", "" };
  const char *four[] = { "1.2.3.4", "255.255.255.255", "0.0.0.0", "256.1.1.1", "1.2.3", "01.2.3.4", "1.2.3.4 ", "" };
  const char *loose[] = { "127.1", "0x7f.1", "0177.1", "1", "1.2.3.4x", "4294967295", "4294967296", "" };
  char text[64];
  unsigned char raw[16];
  struct in_addr address;
  unsigned i;

  for (i = 0; i < sizeof six / sizeof *six; i++) {
    int ok = inet_pton(AF_INET6, six[i], raw);
    printf("%s: %s\n", six[i], ok ? inet_ntop(AF_INET6, raw, text, sizeof text) : "no");
  }
  for (i = 0; i < sizeof four / sizeof *four; i++) {
    int ok = inet_pton(AF_INET, four[i], raw);
    printf("%s: %s\n", four[i], ok ? inet_ntop(AF_INET, raw, text, sizeof text) : "no");
  }
  for (i = 0; i < sizeof loose / sizeof *loose; i++) {
    int ok = inet_aton(loose[i], &address);
    printf("%s: %s\n", loose[i], ok ? inet_ntoa(address) : "no");
  }
  assert(inet_addr("127.0.0.1") == htonl(0x7f000001) && inet_addr("x") == INADDR_NONE);
  assert(htons(0x1234) == 0x3412 && ntohl(0x12345678) == 0x78563412);
  errno = 0;
  assert(inet_pton(99, "::", raw) == -1 && errno == EAFNOSUPPORT);
  errno = 0;
  memset(raw, 0xff, sizeof raw);
  assert(inet_ntop(AF_INET, raw, text, 15) == NULL && errno == ENOSPC);
  assert(inet_ntop(AF_INET, raw, text, 16) == text);
  return 0;
}
