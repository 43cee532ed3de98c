/* expect: not-musl it pads and groups in another way */
/* strfmon in the C locale: flags, widths and precisions. */
#define _GNU_SOURCE
#include "fuzz.h"
#include <locale.h>
#include <monetary.h>

static void one_case(void)
{
	static const char *flags[] = {"", "", "^", "+", "(", "!", "-", "=*", "=0", "=f", "!^", "-!", "+!"};
	static const double values[] = {0, 1, -1, 0.5, 1234.567, -1234.567, 1e9, -0.004, 99.995, 123456789.125};
	char format[64] = "<", out[256];
	memset(out, 'U', sizeof out);
	for (unsigned count = 1 + below(2); count > 0; count--) {
		strcat(format, "%");
		strcat(format, pick(flags));
		if (below(2)) sprintf(format + strlen(format), "%u", below(30));
		/* glibc does not make the two signs equally long. */
		if (!strchr(format, '(') && below(2)) sprintf(format + strlen(format), "#%u", below(12));
		if (below(2)) sprintf(format + strlen(format), ".%u", below(6));
		strcat(format, below(2) ? "n" : "i");
		strcat(format, below(4) ? ">" : "%%");
	}
	size_t room = below(4) ? sizeof out : below(40);
	errno = 0;
	ssize_t n = strfmon(out, room, format, pick(values), pick(values));
	say("%s %zu: %zd", format, room, n);
	if (n >= 0) say_bytes(out, n + 1);
	say("\n");
}

int main(int argc, char **argv)
{
	return fuzz(argc, argv, one_case, 2000, 100);
}
