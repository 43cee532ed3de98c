/* expect: not-musl it reads other texts of numbers in inet_aton and writes some addresses in another form */
/* inet_pton, inet_ntop, inet_aton and its kin, Ethernet addresses: random texts and addresses, and back. */
#define _GNU_SOURCE
#include "fuzz.h"
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netinet/ether.h>
#include <netinet/in.h>

static void text(char *to)
{
	static const char *four[] = {"0", "1", "10", "127", "255", "256", "00", "01", "08", "0377", "0x7f", "0xFF", "999", "4294967295", "4294967296", "65536", "16777216", ".", ".", ".", ".", " ", "x", "-1", "+1", "\t", "/8", "%"};
	static const char *six[] = {"0", "1", "ffff", "FE80", "abcd", "12345", "00001", "::", ":", ":", ":", ":", ":", ":", "1.2.3.4", "255.255.255.255", "1.2.3", "01.2.3.4", "256.0.0.1", "g", "%lo", " ", "."};
	*to = 0;
	switch (below(5)) {
	case 0:
		for (unsigned count = below(9); count > 0; count--) strcat(to, pick(four));
		break;
	case 1: {
		static const char *parts[] = {"0", "1", "9", "10", "127", "255", "256", "0x10", "010", "00", "65535", "0xffffff"};
		for (unsigned count = 1 + below(4); count > 0; count--) {
			strcat(to, pick(parts));
			if (count > 1) strcat(to, ".");
		}
		break;
	}
	case 2:
		for (unsigned count = below(14); count > 0; count--) strcat(to, pick(six));
		break;
	case 3: {
		/* Groups with a gap, mostly right. */
		unsigned groups = 8, gap = below(12);
		if (below(3) == 0) groups = 5 + below(5);
		for (unsigned i = 0; i < groups; i++) {
			if (i == gap) {
				strcat(to, i == 0 ? "::" : ":");
				i += below(4);
				continue;
			}
			if (i == groups - 2 && below(4) == 0) {
				strcat(to, "1.2.3.4");
				break;
			}
			sprintf(to + strlen(to), "%x%s", below(1u << 16) >> below(17), i + 1 < groups ? ":" : "");
		}
		break;
	}
	case 4: {
		static const char *forms[] = {"%x:%x:%x:%x:%x:%x", "%02x:%02x:%02x:%02x:%02x:%02x", "%X-%x:%x:%x:%x:%x", "%x:%x:%x:%x:%x", "%x:%x:%x:%x:%x:%x ", "%x:%x:%x:%x:%x:%xg"};
		unsigned most = below(4) ? 256 : 4096;
		sprintf(to, pick(forms), below(most), below(most), below(most), below(most), below(most), below(most));
	}
	}
}

static void read_texts(void)
{
	char input[512];
	unsigned char bytes[20];
	text(input);
	say_bytes(input, strlen(input));
	memset(bytes, 0x55, sizeof bytes);
	int status = inet_pton(AF_INET, input, bytes);
	say(" pton %d", status);
	if (status == 1) say_bytes(bytes, 5);
	memset(bytes, 0x55, sizeof bytes);
	status = inet_pton(AF_INET6, input, bytes);
	say(" pton6 %d", status);
	if (status == 1) say_bytes(bytes, 17);
	struct in_addr address = {0x55555555};
	status = inet_aton(input, &address);
	say(" aton %d %x addr %x", status, status ? address.s_addr : 0, inet_addr(input));
	/* A number that does not fit is malformed (inet(3)); glibc forgets what goes beyond 32 bits, and takes an x without a 0. */
	int alone = 0;
	for (const char *at = input; *at; at++) alone |= *at == 'x' && (at == input || at[-1] != '0');
	if (strlen(input) < 10 && !alone) say(" network %x", inet_network(input));
	struct ether_addr *station = ether_aton(input);
	say(" ether ");
	/* Behind a last number of two digits glibc takes any text, more numbers too. */
	const char *last = strrchr(input, ':');
	int colons = 0;
	for (const char *at = input; *at; at++) colons += *at == ':';
	if (station && colons == 5 && strlen(last) <= 3) say_bytes(station, 6);
	say("\n");
}

static void write_addresses(void)
{
	unsigned char bytes[16];
	char out[64];
	for (int i = 0; i < 16; i++) bytes[i] = below(3) ? 0 : below(256);
	/* Runs of zeros, addresses that hold one of version 4. */
	switch (below(6)) {
	case 0: memset(bytes, 0, 10), memset(bytes + 10, below(2) ? 0xff : 0, 2); break;
	case 1: memset(bytes + below(8), 0, 8); break;
	case 2:
		for (int i = 0; i < 16; i += 2)
			if (below(2)) bytes[i] = bytes[i + 1] = 0;
	}
	int family = below(2) ? AF_INET6 : AF_INET;
	unsigned room = below(3) ? 64 : below(48);
	memset(out, 'U', sizeof out);
	errno = 0;
	const char *text = inet_ntop(family, bytes, out, room);
	say_bytes(bytes, 16);
	say(" ntop %d %u: %s %s\n", family == AF_INET6, room, text ? text : "none", text ? "" : error_name(errno));
	struct in_addr address;
	memcpy(&address, bytes, 4);
	say("%s ", inet_ntoa(address));
	say("%s ", ether_ntoa((struct ether_addr *)(bytes + 4)));
	say("%x %x %x\n", inet_netof(address), inet_lnaof(address), inet_makeaddr(inet_netof(address), below(1u << 31)).s_addr);
	if (family == AF_INET6 && text) {
		unsigned char again[16];
		if (inet_pton(AF_INET6, text, again) != 1 || memcmp(again, bytes, 16)) say("not read back\n");
	}
}

static void one_case(void)
{
	if (below(3)) read_texts();
	else write_addresses();
}

int main(int argc, char **argv)
{
	return fuzz(argc, argv, one_case, 8000, 400);
}
