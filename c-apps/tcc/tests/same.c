/* Says whether two files have the same content: `same FILE FILE`. */
#include <stdio.h>

int main(int argc, char **argv)
{
    FILE *files[2];
    long count = 0;
    int one, other;

    for (int i = 0; i < 2; i++) {
        files[i] = argc == 3 ? fopen(argv[i + 1], "rb") : NULL;
        if (files[i] == NULL) {
            perror("same");
            return 2;
        }
    }
    do {
        one = getc(files[0]);
        other = getc(files[1]);
        count++;
    } while (one == other && one != EOF);
    if (one != other || ferror(files[0]) || ferror(files[1])) {
        printf("they differ at %ld\n", count);
        return 1;
    }
    puts("the same");
    return 0;
}
