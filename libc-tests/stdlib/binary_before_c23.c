/* Before C23 the prefix 0b is none: the number is the zero before it (ISO C11 7.22.1.4). */
#include "binary_numbers.h"

int main(void)
{
	static const char *const texts[] = {"0b101", "0B11x", "-0b1", " 101", "0x1f", "-0b"};
	for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
		read_all(texts[i]);
		for (int j = 0; j < count; j++)
			printf("%s %s %d: %ld %ld\n", texts[i], readings[j].name, readings[j].base, readings[j].value, readings[j].taken);
	}
	return 0;
}
