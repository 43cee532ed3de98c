// Draws random bytes and looks whether they can be random: not constant, not repeating, bits balanced.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void check(int ok, const char *what) {
    printf("%s: %s\n", what, ok ? "yes" : "no");
}

int main(void) {
    static unsigned char bytes[65536], again[256];
    for (size_t done = 0; done < sizeof bytes; done += 256)
        if (getentropy(bytes + done, 256) != 0) {
            perror("getentropy");
            return EXIT_FAILURE;
        }
    long ones = 0;
    int seen[256] = {0}, values = 0;
    for (size_t i = 0; i < sizeof bytes; i++) {
        ones += __builtin_popcount(bytes[i]);
        values += !seen[bytes[i]]++;
    }
    // 524,288 fair coins: six standard deviations are 2,172.
    check(labs(ones - 262144) < 2172, "half of the bits are set");
    check(values == 256, "every value occurs");
    check(getentropy(again, sizeof again) == 0 && memcmp(bytes, again, sizeof again) != 0, "two draws differ");
    check(getentropy(bytes, 257) != 0, "more than 256 bytes at once are refused");
    return EXIT_SUCCESS;
}
