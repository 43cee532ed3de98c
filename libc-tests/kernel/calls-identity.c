/* Calls about users, groups and capabilities with odd arguments, by somebody without rights. */
#define _GNU_SOURCE
#include "calls.h"

#include <sys/prctl.h>

static const struct call table[] = {
	VALUE(setuid, "own | 0 | -1 | 1 | HIGH+0xffff | UMAX"),
	VALUE(setgid, "own | 0 | -1 | 1 | UMAX"),
	VALUE(setreuid, "-1 -1 | own own | 0 -1 | -1 0 | own -1 | -1 own | 1 1 | UMAX 0"),
	VALUE(setregid, "-1 -1 | own own | 0 -1 | -1 0 | own -1 | -1 own | 1 1"),
	VALUE(setresuid, "-1 -1 -1 | own own own | 0 -1 -1 | -1 0 -1 | -1 -1 0 | own -1 1"),
	VALUE(setresgid, "-1 -1 -1 | own own own | 0 -1 -1 | -1 0 -1 | -1 -1 0"),
	VALUE(getresuid, "0 0 0 | gone 0 0 | buf 0 0 | buf buf gone | buf ro buf | buf buf buf"),
	VALUE(getresgid, "0 0 0 | buf buf gone | buf buf buf"),
	CALL(setfsuid, "own | 0 | -1 | 1"),
	CALL(setfsgid, "own | 0 | -1"),
	VALUE(getgroups, "0 0 | 0 gone | -1 buf | 1 buf | 1 gone | IMIN buf | IMAX buf | HIGH gone"),
	VALUE(setgroups, "0 0 | -1 0 | 1 gone | 65537 buf | IMIN 0 | HIGH buf"),
	VALUE(capget, "0 0 | gone 0 | bad 0 | bad buf | good 0 | good buf | good gone | one buf | two buf | nobody buf | negative buf | badreadonly 0 | first buf"),
	VALUE(capset, "0 0 | gone buf | bad buf | good 0 | good gone | good zeros | good ones | other zeros | negative zeros | nobody zeros | one zeros | one ones"),
	VALUE(umask, "022 | -1 | 0777 | HIGH"),
	VALUE(prctl, "1 65 | 2 gone | 2 ro | 3 | 4 2 | 7 | 8 1 | 8 2 | 15 gone | 16 gone | 16 ro | 16 end+-16 | 16 end+-15 | 15 end+-4 | 21 | 23 0 | 23 41 | 23 99 | 24 0 | 27 | 28 0 | 33 0 0 0 0 | 34 0 0 0 0 | 37 gone | 40 gone"),
};

#define FILLED(type, ...) ({ \
	type *at = (type *)(next += 128); \
	*at = (type){ __VA_ARGS__ }; \
	(long)at; \
})

struct header {
	unsigned version;
	int pid;
};

struct data {
	unsigned set[6];
};

int main(void)
{
	char *next = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	common();
	if (getuid() != 65534 && (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534)))
		perror("setresuid");
	prctl(PR_SET_DUMPABLE, 1);
	memset((void *)(value_of((char[]){ "end" }) - 16), 'n', 16);
	word("own", 65534);
	word("bad", FILLED(struct header, 1, 0));
	word("good", FILLED(struct header, 0x20080522, 0));
	word("one", FILLED(struct header, 0x19980330, 0));
	word("two", FILLED(struct header, 0x20071026, 0));
	word("other", FILLED(struct header, 0x20080522, 1));
	word("first", FILLED(struct header, 0x20080522, 1));
	word("nobody", FILLED(struct header, 0x20080522, 0x3fffffff));
	word("negative", FILLED(struct header, 0x20080522, -1));
	char *page = next + PAGE - (long)next % PAGE;
	*(struct header *)page = (struct header){ 1, 0 };
	mprotect(page, PAGE, PROT_READ);
	word("badreadonly", (long)page);
	next = page + PAGE;
	word("zeros", FILLED(struct data, { 0 }));
	word("ones", FILLED(struct data, { 1 }));
	calls(table, sizeof table / sizeof *table);
	return 0;
}
