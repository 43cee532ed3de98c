// Prints its arguments and its environment, one a line, each in brackets.
#include <stdio.h>
#include <stdlib.h>

extern char **environ;

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        printf("%d [%s]\n", i, argv[i]);
    if (argv[argc] != NULL) {
        fputs("the list of arguments is not terminated\n", stderr);
        return EXIT_FAILURE;
    }
    for (char **variable = environ; *variable; variable++)
        printf("[%s]\n", *variable);
    return EXIT_SUCCESS;
}
