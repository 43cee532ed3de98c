/* wasm3: runs a WebAssembly module with the C runtime of the same name. The runtime is compiled as its crate brings it;
 * this file is the command around it.
 *
 *     wasm3 FILE [ARG]...                 run a WASI program
 *     wasm3 --func NAME FILE [ARG]...     call one exported function and print its results
 *
 * Exit status: the program's; 1 if the module can't be run, 2 for a wrong command line, 134 after a trap. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "m3_api_wasi.h"
#include "wasm3.h"

enum { EXIT_MODULE = 1, EXIT_USAGE = 2, EXIT_TRAP = 134 };
enum { STACK_BYTES = 1 << 20, LARGEST_MODULE = 1 << 28 };

static void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void complain(const char *format, ...)
{
    va_list list;
    fputs("wasm3: ", stderr);
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    putc('\n', stderr);
}

static int usage(void)
{
    complain("usage: wasm3 [--func NAME] FILE [ARG]...");
    return EXIT_USAGE;
}

/* The content of a file, or NULL after a complaint. */
static uint8_t *load(const char *path, uint32_t *size)
{
    uint8_t *bytes = NULL;
    struct stat status;
    FILE *file = fopen(path, "rb");
    if (!file || fstat(fileno(file), &status) < 0) {
        complain("%s: %s", path, strerror(errno));
    } else if (!S_ISREG(status.st_mode)) {
        complain("%s: not a regular file", path);
    } else if (status.st_size > LARGEST_MODULE) {
        complain("%s: larger than %d bytes", path, LARGEST_MODULE);
    } else if (!(bytes = malloc((size_t)status.st_size + 1))) {
        complain("%s: %s", path, strerror(errno));
    } else {
        *size = (uint32_t)fread(bytes, 1, (size_t)status.st_size, file);
        if (ferror(file)) {
            complain("%s: can't read", path);
            free(bytes);
            bytes = NULL;
        }
    }
    if (file)
        fclose(file);
    return bytes;
}

/* What went wrong, with the runtime's own remark where it has one. */
static int failed(IM3Runtime runtime, const char *path, M3Result result)
{
    M3ErrorInfo info = {0};
    m3_GetErrorInfo(runtime, &info);
    if (info.message && *info.message)
        complain("%s: %s (%s)", path, result, info.message);
    else
        complain("%s: %s", path, result);
    return strncmp(result, "[trap]", 6) == 0 ? EXIT_TRAP : EXIT_MODULE;
}

static int print_results(IM3Function function, uint32_t count)
{
    uint64_t values[16] = {0};
    const void *places[16];
    for (uint32_t i = 0; i < count; i++)
        places[i] = &values[i];
    M3Result result = m3_GetResults(function, count, places);
    if (result) {
        complain("can't read the results: %s", result);
        return EXIT_MODULE;
    }
    for (uint32_t i = 0; i < count; i++) {
        float single;
        double number;
        switch (m3_GetRetType(function, i)) {
        case c_m3Type_i32:
            printf("%" PRId32 "\n", (int32_t)values[i]);
            break;
        case c_m3Type_i64:
            printf("%" PRId64 "\n", (int64_t)values[i]);
            break;
        case c_m3Type_f32:
            memcpy(&single, &values[i], sizeof single);
            printf("%.9g\n", single);
            break;
        case c_m3Type_f64:
            memcpy(&number, &values[i], sizeof number);
            printf("%.17g\n", number);
            break;
        default:
            printf("a reference\n");
        }
    }
    return 0;
}

/* Calls one function with words of the command line. */
static int call(IM3Runtime runtime, const char *path, const char *name, int argc, const char **argv)
{
    IM3Function function;
    M3Result result = m3_FindFunction(&function, runtime, name);
    if (result) {
        complain("%s: no function '%s': %s", path, name, result);
        return EXIT_USAGE;
    }
    if (m3_GetArgCount(function) != (uint32_t)argc) {
        complain("%s: '%s' takes %" PRIu32 " arguments", path, name, m3_GetArgCount(function));
        return EXIT_USAGE;
    }
    if (m3_GetRetCount(function) > 16) {
        complain("%s: '%s' returns more than 16 values", path, name);
        return EXIT_USAGE;
    }
    result = m3_CallArgv(function, (uint32_t)argc, argv);
    if (result)
        return failed(runtime, path, result);
    return print_results(function, m3_GetRetCount(function));
}

/* Runs `_start`. */
static int start(IM3Runtime runtime, const char *path, int argc, const char **argv)
{
    IM3Function function;
    M3Result result = m3_FindFunction(&function, runtime, "_start");
    if (result) {
        complain("%s: no program: it exports no '_start'", path);
        return EXIT_USAGE;
    }
    m3_wasi_context_t *context = m3_GetWasiContext();
    if (context) {
        context->argc = (u32)argc;
        context->argv = argv;
    }
    result = m3_CallArgv(function, 0, NULL);
    if (result == m3Err_trapExit && context)
        return context->exit_code;
    return result ? failed(runtime, path, result) : 0;
}

int main(int argc, char **argv)
{
    const char *name = NULL;
    int at = 1;
    if (at < argc && strcmp(argv[at], "--func") == 0) {
        if (at + 1 >= argc)
            return usage();
        name = argv[at + 1];
        at += 2;
    }
    if (at >= argc || argv[at][0] == '-')
        return usage();
    const char *path = argv[at];
    const char **rest = (const char **)argv + at;
    int count = argc - at;

    uint32_t size = 0;
    uint8_t *bytes = load(path, &size);
    if (!bytes)
        return EXIT_MODULE;

    IM3Environment environment = m3_NewEnvironment();
    IM3Runtime runtime = environment ? m3_NewRuntime(environment, STACK_BYTES, NULL) : NULL;
    if (!runtime) {
        complain("out of memory");
        return EXIT_MODULE;
    }
    int status = 0;
    IM3Module module;
    M3Result result = m3_ParseModule(environment, &module, bytes, size);
    if (result) {
        status = failed(runtime, path, result);
    } else if ((result = m3_LoadModule(runtime, module))) {
        status = failed(runtime, path, result);
        m3_FreeModule(module);
    } else if ((result = m3_LinkWASI(module)) || (result = m3_CompileModule(module)) || (result = m3_RunStart(module))) {
        status = failed(runtime, path, result);
    } else if (name) {
        status = call(runtime, path, name, count - 1, rest + 1);
    } else {
        status = start(runtime, path, count, rest);
    }
    if (fflush(stdout) != 0 && status == 0) {
        complain("can't write: %s", strerror(errno));
        status = EXIT_MODULE;
    }
    m3_FreeRuntime(runtime);
    m3_FreeEnvironment(environment);
    free(bytes);
    return status;
}
