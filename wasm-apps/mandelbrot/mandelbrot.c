// Draws the Mandelbrot set: in characters, in colours of a terminal, or as an image.
//
//     mandelbrot [--colour | --ppm] [WIDTH HEIGHT [X Y SPAN]]
//
// X and Y are the point in the middle, SPAN the width of what is shown.
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 256, LARGEST = 4096 };

// How many steps the point takes to leave the circle of radius 2; STEPS if it does not.
static int escape(double x, double y) {
    double re = x, im = y;
    for (int step = 0; step < STEPS; step++) {
        double re2 = re * re, im2 = im * im;
        if (re2 + im2 > 4)
            return step;
        im = 2 * re * im + y;
        re = re2 - im2 + x;
    }
    return STEPS;
}

// A character that is the darker the later the point escapes; each doubling of the steps counts the same.
static void draw_character(int steps) {
    static const char shades[] = " .,:;-=+*%#";
    int last = sizeof shades - 2;
    if (steps < STEPS)
        putchar(shades[(int)(log2(1 + steps) * last / log2(STEPS))]);
    else
        putchar('@');
}

// A space whose background is one of the 216 colours that terminals have.
static void draw_colour(int steps) {
    if (steps == STEPS)
        fputs("\033[48;5;16m ", stdout);
    else
        printf("\033[48;5;%dm ", 17 + steps * 5 % 214);
}

// Three bytes: red, green, blue.
static void draw_pixel(int steps) {
    int bright = steps == STEPS ? 0 : steps;
    putchar(bright * 9 & 255);
    putchar(bright * 5 & 255);
    putchar((bright * 13 + (bright > 0) * 40) & 255);
}

static void usage(void) {
    fputs("usage: mandelbrot [--colour | --ppm] [WIDTH HEIGHT [X Y SPAN]]\n", stderr);
    exit(2);
}

static double number(const char *text, double least, double most) {
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= least && value <= most)) {
        fprintf(stderr, "mandelbrot: '%s' is not a number from %g to %g\n", text, least, most);
        usage();
    }
    return value;
}

int main(int argc, char **argv) {
    void (*draw)(int steps) = draw_character;
    double cell = 2; // height of a cell, if its width is 1
    if (argc > 1 && strcmp(argv[1], "--colour") == 0) {
        draw = draw_colour;
        argc--, argv++;
    } else if (argc > 1 && strcmp(argv[1], "--ppm") == 0) {
        draw = draw_pixel;
        cell = 1;
        argc--, argv++;
    }
    if (argc != 1 && argc != 3 && argc != 6)
        usage();
    int width = argc > 2 ? (int)number(argv[1], 1, LARGEST) : 78;
    int height = argc > 2 ? (int)number(argv[2], 1, LARGEST) : 31;
    double x = argc > 5 ? number(argv[3], -4, 4) : -0.6;
    double y = argc > 5 ? number(argv[4], -4, 4) : 0;
    double span = argc > 5 ? number(argv[5], 1e-13, 8) : 3.2;

    double step = span / width;
    if (draw == draw_pixel)
        printf("P6\n%d %d\n255\n", width, height);
    for (int row = 0; row < height; row++) {
        for (int column = 0; column < width; column++)
            draw(escape(x + (column - (width - 1) / 2.0) * step, y + ((height - 1) / 2.0 - row) * step * cell));
        if (draw == draw_colour)
            fputs("\033[0m", stdout);
        if (draw != draw_pixel)
            putchar('\n');
    }
    if (fflush(stdout) != 0) {
        fprintf(stderr, "mandelbrot: can't write: %s\n", strerror(errno));
        return 1;
    }
    return 0;
}
