/* The average of the numbers that it is given, without the case of none: dividing by zero is a trap in WebAssembly.
 * Built with debugging information, so that the trap's backtrace has the lines of this file. */
#include <stdio.h>
#include <stdlib.h>

__attribute__((noinline)) static int divide(int sum, int count)
{
	return sum / count;
}

__attribute__((noinline)) static int average(char **numbers, int count)
{
	int sum = 0;
	for (int i = 0; i < count; i++)
		sum += atoi(numbers[i]);
	int result = divide(sum, count);
	printf("of %d: ", count);
	return result;
}

int main(int argc, char **argv)
{
	printf("%d\n", average(argv + 1, argc - 1));
	return 0;
}
