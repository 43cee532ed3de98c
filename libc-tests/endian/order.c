/* Byte orders of integers and of the network. */
#define _DEFAULT_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void show(const void *p, size_t n) {
  for (size_t i = 0; i < n; i++) printf("%02x", ((const unsigned char *)p)[i]);
  putchar(' ');
}

int main(void) {
  volatile uint16_t s = 0x0102;
  volatile uint32_t l = 0x01020304;
  volatile uint64_t q = 0x0102030405060708;
  uint16_t s1 = htobe16(s), s2 = htole16(s), s3 = htons(s);
  uint32_t l1 = htobe32(l), l2 = htole32(l), l3 = htonl(l);
  uint64_t q1 = htobe64(q), q2 = htole64(q);
  show(&s1, 2), show(&s2, 2), show(&s3, 2), show(&l1, 4), show(&l2, 4), show(&l3, 4), show(&q1, 8), show(&q2, 8);
  printf("\n%d %d %d %d %d %d %d %d\n", be16toh(s1) == s, le16toh(s2) == s, ntohs(s3) == s, be32toh(l1) == l, le32toh(l2) == l, ntohl(l3) == l, be64toh(q1) == q, le64toh(q2) == q);
  printf("%x %x\n", ntohs(0xff00), (unsigned)be16toh(0x80ff));
  return 0;
}
