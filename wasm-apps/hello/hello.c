// Greets, and shows that integers and floating-point numbers come out right.
#include <math.h>
#include <stdio.h>

int main(int argc, char **argv) {
    printf("Hello, %s!\n", argc > 1 ? argv[1] : "world");
    printf("%d %u %lld %x\n", -1, 4000000000u, -9007199254740993LL, 48879);
    printf("%.17g %.3f %e %a\n", 0.1, 2.0 / 3.0, 6.02214076e23, 1.0);
    printf("%.10f %.10f\n", sqrt(2.0), exp(1.0));
    return 0;
}
