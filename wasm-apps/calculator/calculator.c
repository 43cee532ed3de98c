// A calculator: reads a formula a line and prints its value.
//
//     statement = [ name "=" ] sum
//     sum       = product { ( "+" | "-" ) product }
//     product   = signed { ( "*" | "/" | "%" ) signed }
//     signed    = { "+" | "-" } power
//     power     = primary [ "^" signed ]
//     primary   = number | name | name "(" sum ")" | "(" sum ")"
//
// A variable lives until the end; `_` is the last value. Each rule is one function below.
#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME = 15, VARIABLES = 64, DEPTH = 200 };

static struct variable {
    char name[NAME + 1];
    double value;
} variables[VARIABLES] = {{"_", 0}, {"pi", 3.14159265358979323846}, {"e", 2.71828182845904523536}};

static const struct function {
    const char *name;
    double (*call)(double);
} functions[] = {
    {"abs", fabs}, {"sqrt", sqrt}, {"cbrt", cbrt}, {"exp", exp}, {"ln", log}, {"log", log10}, {"sin", sin},
    {"cos", cos}, {"tan", tan}, {"asin", asin}, {"acos", acos}, {"atan", atan}, {"floor", floor},
    {"ceil", ceil}, {"round", round},
};

static const char *line;  // what is calculated
static const char *at;    // how far it was read
static const char *error; // what is wrong at `at`, NULL so far
static int depth;         // of rules that are at work

static double sum(void);

// Remembers the first thing that is wrong; from then on, there is nothing left to read.
static double fail(const char *message) {
    if (error == NULL)
        error = message;
    return 0;
}

static void skip_spaces(void) {
    while (isspace((unsigned char)*at))
        at++;
}

// Whether `symbol` is next; if it is, goes beyond it.
static bool accept(char symbol) {
    skip_spaces();
    if (error != NULL || *at != symbol)
        return false;
    at++;
    return true;
}

static bool read_name(char name[NAME + 1]) {
    skip_spaces();
    if (!isalpha((unsigned char)*at) && *at != '_')
        return false;
    size_t length = 0;
    while (isalnum((unsigned char)at[length]) || at[length] == '_')
        length++;
    if (length > NAME) {
        fail("this name is too long");
        return false;
    }
    memcpy(name, at, length);
    name[length] = '\0';
    at += length;
    return true;
}

// The variable of this name; if there is none and one is free, makes it.
static struct variable *variable(const char *name, bool make) {
    for (struct variable *v = variables; v < variables + VARIABLES; v++) {
        if (v->name[0] == '\0' && make)
            strcpy(v->name, name);
        if (strcmp(v->name, name) == 0)
            return v;
    }
    return NULL;
}

static double call_or_look_up(const char *start, const char *name) {
    if (accept('(')) {
        double argument = sum();
        if (!accept(')'))
            return fail("a ) is missing");
        for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
            if (strcmp(functions[i].name, name) == 0)
                return functions[i].call(argument);
        at = start;
        return fail("no such function");
    }
    struct variable *found = variable(name, false);
    if (found != NULL)
        return found->value;
    at = start;
    return fail("no such variable");
}

static double primary(void) {
    char name[NAME + 1];
    skip_spaces();
    const char *start = at;
    if (accept('(')) {
        double value = sum();
        return accept(')') ? value : fail("a ) is missing");
    }
    if (read_name(name))
        return call_or_look_up(start, name);
    if (error != NULL || (!isdigit((unsigned char)*at) && *at != '.'))
        return fail("a number is missing");
    char *end;
    double value = strtod(at, &end);
    if (end == at)
        return fail("a number is missing");
    at = end;
    return value;
}

static double signed_power(void) {
    if (++depth > DEPTH)
        fail("this is too deep");
    double value;
    if (error != NULL)
        value = 0;
    else if (accept('-'))
        value = -signed_power();
    else if (accept('+'))
        value = signed_power();
    else {
        value = primary();
        if (accept('^'))
            value = pow(value, signed_power());
    }
    depth--;
    return value;
}

static double product(void) {
    double value = signed_power();
    for (;;) {
        if (accept('*'))
            value *= signed_power();
        else if (accept('/'))
            value /= signed_power();
        else if (accept('%'))
            value = fmod(value, signed_power());
        else
            return value;
    }
}

static double sum(void) {
    double value = product();
    for (;;) {
        if (accept('+'))
            value += product();
        else if (accept('-'))
            value -= product();
        else
            return value;
    }
}

static double statement(void) {
    char name[NAME + 1];
    const char *start = at;
    bool assigns = read_name(name) && accept('=');
    if (!assigns && error == NULL)
        at = start;
    double value = sum();
    skip_spaces();
    if (*at != '\0')
        fail("this is not expected here");
    if (error != NULL)
        return 0;
    struct variable *target = variable(assigns ? name : "_", true);
    if (target == NULL)
        return fail("there are too many variables");
    return variables[0].value = target->value = value;
}

// Calculates one line and prints what comes of it.
static bool calculate(const char *text) {
    line = at = text;
    error = NULL;
    depth = 0;
    skip_spaces();
    if (*at == '\0' || *at == '#')
        return true;
    double value = statement();
    if (error == NULL) {
        printf("%.15g\n", value);
        return true;
    }
    printf("%s\n%*s^ %s\n", line, (int)(at - line), "", error);
    return false;
}

int main(int argc, char **argv) {
    bool good = true;
    for (int i = 1; i < argc; i++)
        good &= calculate(argv[i]);
    if (argc > 1)
        return good ? EXIT_SUCCESS : EXIT_FAILURE;

    bool prompt = isatty(STDIN_FILENO);
    if (prompt)
        puts("Formulas, such as  r = 2.5  and  pi * r^2 ; an empty line or the end of input ends it.");
    char *text = NULL;
    size_t size = 0;
    for (;;) {
        if (prompt) {
            fputs("> ", stdout);
            fflush(stdout);
        }
        ssize_t length = getline(&text, &size, stdin);
        if (length < 0 || (prompt && length == 1))
            break;
        text[strcspn(text, "\r\n")] = '\0';
        good &= calculate(text);
    }
    free(text);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
