/* expect: not-musl its texts are other ones */
/* The texts and names of errors and signals, known or not, into little room as well. */
#define _GNU_SOURCE
#include "fuzz.h"

extern int __xpg_strerror_r(int, char *, size_t);

static void one_case(void)
{
	static const int odd[] = {-1, -2, 0, 133, 134, 4095, 4096, 512, 516, 530, 2147483647, -2147483647 - 1, 64, 65, 31, 32, 33, 34, 63};
	int number = below(3) ? (int)below(140) : below(2) ? pick(odd) : (int)below(1u << 31) - (1 << 30);
	char room[64];
	errno = 77;
	say("%d: %s %d", number, strerror(number), errno);
	const char *name = strerrorname_np(number), *description = strerrordesc_np(number);
	say(" %s %s", name ? name : "none", description ? description : "none");
	memset(room, 'U', sizeof room);
	size_t size = below(2) ? sizeof room : below(40);
	/* By the name that strerror_r has where it is POSIX's. */
	int status = __xpg_strerror_r(number, room, size);
	say(" %zu %d ", size, status);
	say_bytes(room, sizeof room);
	say(" signal %s", strsignal(number));
	name = sigabbrev_np(number), description = sigdescr_np(number);
	say(" %s %s\n", name ? name : "none", description ? description : "none");
}

int main(int argc, char **argv)
{
	return fuzz(argc, argv, one_case, 4000, 200);
}
