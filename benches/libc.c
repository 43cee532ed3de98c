/* What a function of the C library costs: `libc ROW` prints nanoseconds, the least of several runs; `libc` by itself the
   names of the rows. The same program is built with each library; `clew bench --libc` compares them. */
#define _GNU_SOURCE
#include <ctype.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <regex.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

enum { BIG = 1 << 16 };
/* One object, so that the buffers are at the same places of a page with each library: where they lie decides whether a
   string crosses one, and whether a load seems to meet an earlier store. */
static struct {
  char margin[192], text[BIG + 64], other[BIG + 64], words[BIG];
  wchar_t wide[BIG];
} buffers __attribute__((aligned(4096)));
#define text buffers.text
#define other buffers.other
#define words buffers.words
#define wide buffers.wide
static volatile size_t sink;
static volatile double real_sink;
static char *volatile hidden = text;
static FILE *null_stream, *zero_stream;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_key_t key;
static sem_t semaphore;
static regex_t compiled;

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

#define EACH for (long i = 0; i < n; i++)
#define BENCH(name, ...) \
  static void bench_##name(long n) { EACH { __VA_ARGS__; } }

BENCH(strlen_8, sink = strlen(hidden + BIG - 8))
BENCH(strlen_64, sink = strlen(hidden + BIG - 64))
BENCH(strlen_4k, sink = strlen(hidden + BIG - 4096))
BENCH(strchr_64, sink = (size_t)strchr(hidden + BIG - 64, 'z'))
BENCH(strrchr_64, sink = (size_t)strrchr(hidden + BIG - 64, 'z'))
BENCH(memchr_4k, sink = (size_t)memchr(hidden, 'z', 4096))
BENCH(memcpy_16, memcpy(other, hidden, 16))
BENCH(memcpy_200, memcpy(other, hidden, 200))
BENCH(memcpy_4k, memcpy(other, hidden, 4096))
BENCH(memcpy_64k, memcpy(other, hidden, BIG))
BENCH(memmove_4k_overlap, memmove(other + 17, other, 4096))
BENCH(memset_64, memset(other, 1, 64))
BENCH(memset_4k, memset(other, 1, 4096))
BENCH(memcmp_256, memcpy(other, text, 256); sink = memcmp(hidden, other, 256))
BENCH(strcmp_32, sink = strcmp(hidden + BIG - 32, words + BIG - 33))
BENCH(strcpy_32, strcpy(other, hidden + BIG - 32))
BENCH(strstr_4k, sink = (size_t)strstr(hidden + BIG - 4096, "aaaaaaaab"))
BENCH(strcasecmp_32, sink = strcasecmp(hidden + BIG - 32, words + BIG - 33))
BENCH(strspn_32, sink = strspn(hidden + BIG - 32, "abc"))
BENCH(strtok_line, char line[] = "one two three four"; char *save;
      for (char *t = strtok_r(line, " ", &save); t; t = strtok_r(NULL, " ", &save)) sink++)
BENCH(isalpha_toupper, sink = isalpha(hidden[i & 1023]) + toupper(hidden[i & 1023]))
BENCH(malloc_free_32, free(malloc(32)))
BENCH(malloc_free_1k, free(malloc(1000)))
BENCH(malloc_free_100k, free(malloc(100000)))
static void bench_malloc_mixed(long n) {
  static void *held[256];
  EACH {
    unsigned slot = (unsigned)i * 2654435761u >> 24;
    free(held[slot]);
    held[slot] = malloc(16 + (i * 7919 & 511));
  }
}
BENCH(realloc_growing, char *p = NULL; for (size_t s = 16; s <= 4096; s *= 2) p = realloc(p, s); free(p))
static void *churn(void *count) {
  void *held[16] = {0};
  for (long i = 0; i < *(long *)count; i++) {
    free(held[i & 15]);
    held[i & 15] = malloc(64 + (i & 63));
  }
  for (int i = 0; i < 16; i++) free(held[i]);
  return NULL;
}
static void bench_malloc_two_threads(long n) {
  pthread_t thread;
  pthread_create(&thread, NULL, churn, &n);
  churn(&n);
  pthread_join(thread, NULL);
}
BENCH(snprintf_d, snprintf(other, 64, "%d", (int)i))
BENCH(snprintf_s_d_x, snprintf(other, 64, "%s=%d (%08x)", "name", (int)i, (unsigned)i))
BENCH(snprintf_f, snprintf(other, 64, "%f", i * 1.1))
BENCH(snprintf_g17, snprintf(other, 64, "%.17g", i * 1.1))
BENCH(sscanf_d_s, int a; char b[16]; sink = sscanf("42 word", "%d %15s", &a, b))
BENCH(strtol_6, sink = strtol("123456", NULL, 10))
BENCH(strtod_short, real_sink = strtod("3.25", NULL))
BENCH(strtod_17, real_sink = strtod("0.12345678901234567", NULL))
BENCH(fputc, fputc('x', null_stream))
BENCH(fputs, fputs("a line of some length\n", null_stream))
BENCH(fwrite_4k, fwrite(text, 1, 4096, null_stream))
BENCH(fprintf_line, fprintf(null_stream, "%d %s\n", (int)i, "text"))
BENCH(fgetc, sink = fgetc(zero_stream))
BENCH(fread_4k, sink = fread(other, 1, 4096, zero_stream))
static int by_int(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
static void bench_qsort_1000(long n) {
  static int numbers[1000];
  EACH {
    unsigned x = 1;
    for (int k = 0; k < 1000; k++) numbers[k] = (x = x * 1664525 + 1013904223) >> 8;
    qsort(numbers, 1000, sizeof *numbers, by_int);
  }
}
BENCH(bsearch_1000, int k = (i & 511) * 2; static int sorted[1000]; if (!sorted[999]) for (int j = 0; j < 1000; j++) sorted[j] = j;
      sink = (size_t)bsearch(&k, sorted, 1000, sizeof k, by_int))
BENCH(regcomp_alternatives, regex_t r; regcomp(&r, "(foo|bar)+[a-z]*baz", REG_EXTENDED); regfree(&r))
BENCH(regexec_search, sink = regexec(&compiled, "a long text in which foobarxyzbaz is found", 0, NULL, 0))
BENCH(fnmatch_star, sink = fnmatch("*.[ch]", "directory-entry.c", 0))
BENCH(mutex_lock_unlock, pthread_mutex_lock(&mutex); pthread_mutex_unlock(&mutex))
BENCH(rwlock_rdlock_unlock, pthread_rwlock_rdlock(&rwlock); pthread_rwlock_unlock(&rwlock))
BENCH(cond_signal_nobody, pthread_cond_signal(&condition))
BENCH(sem_post_wait, sem_post(&semaphore); sem_wait(&semaphore))
BENCH(getspecific, sink = (size_t)pthread_getspecific(key))
static void *nothing(void *p) { return p; }
BENCH(thread_create_join, pthread_t t; pthread_create(&t, NULL, nothing, NULL); pthread_join(t, NULL))
BENCH(clock_gettime_vdso, struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); sink = t.tv_nsec)
BENCH(gmtime_r, time_t t = 1700000000 + i; struct tm b; gmtime_r(&t, &b); sink = b.tm_sec)
BENCH(mktime, struct tm b = {.tm_year = 124, .tm_mon = i % 12, .tm_mday = 1}; sink = mktime(&b))
BENCH(strftime, struct tm b = {.tm_year = 124, .tm_mday = 1}; sink = strftime(other, 64, "%Y-%m-%d %H:%M:%S", &b))
BENCH(sin_small, real_sink = sin(i * 0.001))
BENCH(exp, real_sink = exp(i * 1e-6))
BENCH(pow, real_sink = pow(1.0001, i & 1023))
BENCH(log, real_sink = log(i + 1.5))
BENCH(mbstowcs_4k, sink = mbstowcs(wide, hidden + BIG - 4096, BIG))
BENCH(wcslen_64, sink = wcslen(wide + BIG - 65))
BENCH(getenv, sink = (size_t)getenv("HOME"))
BENCH(setjmp_longjmp, jmp_buf b; if (!setjmp(b)) longjmp(b, 1))
BENCH(rand, sink = rand())

#define ROW(name) {#name, bench_##name}
static const struct {
  const char *name;
  void (*run)(long);
} rows[] = {
    ROW(strlen_8), ROW(strlen_64), ROW(strlen_4k), ROW(strchr_64), ROW(strrchr_64), ROW(memchr_4k), ROW(memcpy_16),
    ROW(memcpy_200), ROW(memcpy_4k), ROW(memcpy_64k), ROW(memmove_4k_overlap), ROW(memset_64), ROW(memset_4k),
    ROW(memcmp_256), ROW(strcmp_32), ROW(strcpy_32), ROW(strstr_4k), ROW(strcasecmp_32), ROW(strspn_32), ROW(strtok_line),
    ROW(isalpha_toupper), ROW(malloc_free_32), ROW(malloc_free_1k), ROW(malloc_free_100k), ROW(malloc_mixed),
    ROW(realloc_growing), ROW(malloc_two_threads), ROW(snprintf_d), ROW(snprintf_s_d_x), ROW(snprintf_f),
    ROW(snprintf_g17), ROW(sscanf_d_s), ROW(strtol_6), ROW(strtod_short), ROW(strtod_17), ROW(fputc), ROW(fputs),
    ROW(fwrite_4k), ROW(fprintf_line), ROW(fgetc), ROW(fread_4k), ROW(qsort_1000), ROW(bsearch_1000),
    ROW(regcomp_alternatives), ROW(regexec_search), ROW(fnmatch_star), ROW(mutex_lock_unlock), ROW(rwlock_rdlock_unlock),
    ROW(cond_signal_nobody), ROW(sem_post_wait), ROW(getspecific), ROW(thread_create_join), ROW(clock_gettime_vdso),
    ROW(gmtime_r), ROW(mktime), ROW(strftime), ROW(sin_small), ROW(exp), ROW(pow), ROW(log), ROW(mbstowcs_4k),
    ROW(wcslen_64), ROW(getenv), ROW(setjmp_longjmp), ROW(rand),
};

/* The shortest time in nanoseconds that run(n) takes in this many tries. One try may have been interrupted. */
static long long fastest_of(int tries, void (*run)(long), long n) {
  long long least = LLONG_MAX;
  while (tries--) {
    long long start = now();
    run(n);
    long long took = now() - start;
    if (took < least) least = took;
  }
  return least;
}

int main(int argc, char **argv) {
  const unsigned count = sizeof rows / sizeof *rows;
  if (argc == 1) {
    for (unsigned row = 0; row < count; row++) puts(rows[row].name);
    return 0;
  }
  unsigned row = 0;
  while (row < count && strcmp(rows[row].name, argv[1])) row++;
  if (row == count) {
    fprintf(stderr, "%s: no row %s\n", argv[0], argv[1]);
    return 2;
  }
  setlocale(LC_ALL, "C.UTF-8");
  memset(text, 'a', BIG);
  memset(words, 'a', BIG - 1);
  wmemset(wide, L'a', BIG - 1);
  null_stream = fopen("/dev/null", "w");
  zero_stream = fopen("/dev/zero", "r");
  if (!null_stream || !zero_stream || regcomp(&compiled, "(foo|bar)+[a-z]*baz", REG_EXTENDED)) return 1;
  setvbuf(null_stream, NULL, _IOFBF, 8192);
  setvbuf(zero_stream, NULL, _IOFBF, 8192);
  pthread_key_create(&key, NULL);
  sem_init(&semaphore, 0, 0);
  /* Programs of several threads are what libraries must be good at: no short cut for one. */
  pthread_t thread;
  pthread_create(&thread, NULL, nothing, NULL);
  pthread_join(thread, NULL);
  long n = 16;
  while (n < 1 << 24 && fastest_of(3, rows[row].run, n) < 2000000) n *= 2;
  printf("%.3f\n", (double)fastest_of(7, rows[row].run, n) / n);
  return 0;
}
