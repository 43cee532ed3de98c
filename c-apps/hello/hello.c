/* Prints what a program gets from whoever started it, and computes a little. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

extern char **environ;

int main(int argc, char **argv)
{
	printf("Hello from %s\n", argc > 0 ? argv[0] : "(nobody)");
	for (int i = 1; i < argc; i++)
		printf("argument %d: '%s'\n", i, argv[i]);
	for (char **variable = environ; *variable != NULL; variable++)
		printf("environment: %s\n", *variable);

	double third = 1.0 / 3.0;
	printf("1/3 = %.17g = %a\n", third, third);
	printf("sqrt(2) = %.15f, 2^0.5 = %.15f\n", sqrt(2.0), pow(2.0, 0.5));
	printf("1e300 * 1e10 = %g, -1.0 / 0.0 = %g\n", 1e300 * 1e10, -1.0 / (third - third));
	printf("strtod(\"6.02214076e23\") = %.8e\n", strtod("6.02214076e23", NULL));
	return 0;
}
