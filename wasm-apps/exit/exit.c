// Ends in the way that its argument names.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void farewell(void) {
    puts("farewell");
}

int main(int argc, char **argv) {
    atexit(farewell);
    if (argc < 2)
        return 0;
    if (strcmp(argv[1], "abort") == 0)
        abort();
    if (strcmp(argv[1], "quick") == 0)
        _Exit(argc > 2 ? atoi(argv[2]) : 0);
    if (strcmp(argv[1], "return") == 0)
        return argc > 2 ? atoi(argv[2]) : 0;
    exit(atoi(argv[1]));
}
