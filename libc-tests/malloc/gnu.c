/* expect: not-musl it lacks malloc_trim, mallinfo2, mallopt and pvalloc */
/* The GNU functions of malloc.h, and fork while other threads allocate. */
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int failures;

#define CHECK(truth) \
  do { if (!(truth)) printf("line %d: %s\n", __LINE__, #truth), failures++; } while (0)

/* Pages of this process that are in memory. */
static long resident(void) {
  long size, pages = -1;
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file) return -1;
  if (fscanf(file, "%ld %ld", &size, &pages) != 2) pages = -1;
  fclose(file);
  return pages;
}

static void sizes(void) {
  for (size_t size = 1; size < 200000; size = size * 5 / 4 + 1) {
    unsigned char *block = malloc(size);
    size_t usable = malloc_usable_size(block);
    CHECK(usable >= size);
    /* All of it may be used, and realloc keeps what it promises. */
    memset(block, 0x5a, usable);
    block = realloc(block, size * 2);
    for (size_t i = 0; i < size; i++)
      if (block[i] != 0x5a) {
        CHECK(!"realloc keeps the bytes");
        break;
      }
    free(block);
  }
  CHECK(malloc_usable_size(NULL) == 0);
  for (size_t alignment = 16; alignment <= 65536; alignment *= 2) {
    char *block = memalign(alignment, 100);
    CHECK(block && (uintptr_t)block % alignment == 0 && malloc_usable_size(block) >= 100);
    memset(block, 1, malloc_usable_size(block));
    free(block);
  }
  for (size_t alignment = 0; alignment < 200; alignment += 7) {
    /* Others are rounded up to powers of two. */
    size_t rounded = 1;
    while (rounded < alignment) rounded *= 2;
    char *block = memalign(alignment, 100);
    CHECK(block && (uintptr_t)block % rounded == 0);
    free(block);
  }
  errno = 0;
  CHECK(memalign(SIZE_MAX / 2 + 2, 1) == NULL && errno == EINVAL);
  void *page = valloc(10), *pages = pvalloc(4097);
  CHECK((uintptr_t)page % 4096 == 0 && (uintptr_t)pages % 4096 == 0 && malloc_usable_size(pages) >= 8192);
  free(page);
  free(pages);
  errno = 0;
  volatile size_t many = SIZE_MAX / 2;
  CHECK(reallocarray(NULL, many, 3) == NULL && errno == ENOMEM);
  int *array = reallocarray(NULL, 10, sizeof *array);
  array[9] = 7;
  array = reallocarray(array, 1000, sizeof *array);
  CHECK(array[9] == 7);
  free(array);
}

/* What was used by many small blocks and freed goes back. */
static void trim(void) {
  enum { COUNT = 20000, SIZE = 1000 };
  static char *blocks[COUNT];
  /* A wish: whether it is heard shows in its result, and what follows holds in both cases. */
  int heard = mallopt(M_TRIM_THRESHOLD, 1 << 30);
  CHECK(heard == 0 || heard == 1);
  for (int i = 0; i < COUNT; i++) {
    blocks[i] = malloc(SIZE);
    memset(blocks[i], 1, SIZE);
  }
  struct mallinfo2 used = mallinfo2();
  CHECK(used.uordblks >= (size_t)COUNT * SIZE);
  for (int i = 0; i < COUNT; i++) free(blocks[i]);
  struct mallinfo2 unused = mallinfo2();
  CHECK(unused.uordblks + (size_t)COUNT * SIZE / 2 < used.uordblks);
  malloc_trim(0);
  long after = resident();
  CHECK(after > 0 && after < COUNT * SIZE / 4096 / 2);
  /* The heap works on. */
  char *block = malloc(SIZE);
  memset(block, 2, SIZE);
  free(block);
}

static atomic_int stop;

static void *allocate(void *unused) {
  (void)unused;
  while (!stop) {
    void *blocks[50];
    for (int i = 0; i < 50; i++) blocks[i] = malloc(16 + i * 300);
    for (int i = 0; i < 50; i++) free(blocks[i]);
  }
  return NULL;
}

/* A child's heap is usable, whatever locks the parent's other threads held. */
static void forks(void) {
  pthread_t threads[3];
  for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, allocate, NULL);
  for (int round = 0; round < 30; round++) {
    pid_t child = fork();
    if (child == 0) {
      alarm(20);
      for (int i = 0; i < 200; i++) {
        char *block = malloc(8 + i * 97);
        if (!block) _exit(1);
        block[0] = 1;
        free(block);
      }
      _exit(0);
    }
    int status = -1;
    waitpid(child, &status, 0);
    CHECK(child > 0 && status == 0);
  }
  stop = 1;
  for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
}

int main(void) {
  sizes();
  trim();
  forks();
  printf("%d failures\n", failures);
  return failures != 0;
}
