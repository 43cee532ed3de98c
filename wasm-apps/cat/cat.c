// Copies files, or standard input, to standard output.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>

static int copy(FILE *input, const char *name) {
    char buffer[4096];
    size_t count;
    while ((count = fread(buffer, 1, sizeof buffer, input)) > 0)
        if (fwrite(buffer, 1, count, stdout) != count)
            break;
    if (ferror(input) || ferror(stdout)) {
        fprintf(stderr, "cat: %s: %s\n", name, strerror(errno));
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

int main(int argc, char **argv) {
    int status = argc < 2 ? copy(stdin, "standard input") : EXIT_SUCCESS;
    for (int i = 1; i < argc; i++) {
        FILE *input = strcmp(argv[i], "-") == 0 ? stdin : fopen(argv[i], "r");
        if (input == NULL) {
            fprintf(stderr, "cat: %s: %s\n", argv[i], strerror(errno));
            status = EXIT_FAILURE;
            continue;
        }
        if (copy(input, argv[i]) != EXIT_SUCCESS)
            status = EXIT_FAILURE;
        if (input != stdin)
            fclose(input);
    }
    if (fflush(stdout) != 0) {
        fprintf(stderr, "cat: standard output: %s\n", strerror(errno));
        status = EXIT_FAILURE;
    }
    return status;
}
