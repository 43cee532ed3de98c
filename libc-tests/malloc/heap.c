/* The heap: alignment, contents kept by realloc, zeroes from calloc, limits, many threads. */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned next(unsigned *state) {
  *state = *state * 1103515245u + 12345u;
  return *state >> 8;
}

static void *churn(void *argument) {
  unsigned state = (unsigned)(uintptr_t)argument;
  unsigned char *blocks[200] = {0};
  size_t sizes[200] = {0};
  for (int i = 0; i < 40000; i++) {
    unsigned index = next(&state) % 200;
    size_t size = next(&state) % 100 ? next(&state) % 2000 : next(&state) % 300000;
    if (blocks[index]) {
      for (size_t at = 0; at < sizes[index]; at += 97)
        if (blocks[index][at] != (unsigned char)index) return (void *)1;
      if (next(&state) & 1) {
        free(blocks[index]);
        blocks[index] = 0;
        continue;
      }
      blocks[index] = realloc(blocks[index], size + 1);
      size_t kept = sizes[index] < size ? sizes[index] : size;
      for (size_t at = 0; at < kept; at += 97)
        if (blocks[index][at] != (unsigned char)index) return (void *)2;
    } else {
      blocks[index] = malloc(size + 1);
    }
    if ((uintptr_t)blocks[index] % 16) return (void *)3;
    memset(blocks[index], (int)index, size + 1);
    sizes[index] = size + 1;
  }
  for (int i = 0; i < 200; i++) free(blocks[i]);
  return 0;
}

int main(void) {
  pthread_t threads[4];
  void *result;
  for (uintptr_t i = 0; i < 4; i++) pthread_create(&threads[i], 0, churn, (void *)(i + 1));
  for (int i = 0; i < 4; i++) {
    pthread_join(threads[i], &result);
    printf("thread %d: %ld\n", i, (long)(intptr_t)result);
  }
  int zero = 1;
  for (size_t size = 1; size < 3000000; size = size * 3 + 1) {
    unsigned char *dirty = malloc(size);
    memset(dirty, 0xee, size);
    free(dirty);
    unsigned char *clean = calloc(1, size);
    for (size_t at = 0; at < size; at++) zero &= clean[at] == 0;
    free(clean);
  }
  printf("calloc zeroes %d\n", zero);
  int right = 1;
  for (size_t align = sizeof(void *); align <= 1 << 20; align *= 2) {
    void *block;
    right &= posix_memalign(&block, align, 1000) == 0 && (uintptr_t)block % align == 0;
    memset(block, 1, 1000);
    free(block);
  }
  printf("aligned %d\n", right);
  void *block = (void *)1;
  printf("bad alignment %d %d\n", posix_memalign(&block, 24, 8) == EINVAL, posix_memalign(&block, 2, 8) == EINVAL);
  errno = 0;
  volatile size_t huge = SIZE_MAX - 100;
  void *impossible = malloc(huge);
  printf("too large %d %d\n", impossible == 0, errno == ENOMEM);
  errno = 0;
  void *product = calloc(huge / 2, 4);
  printf("product %d %d\n", product == 0, errno == ENOMEM);
  char *text = malloc(10);
  strcpy(text, "kept");
  errno = 0;
  char *same = realloc(text, huge);
  printf("realloc fails %d, keeps %s\n", same == 0 && errno == ENOMEM, text);
  for (size_t size = 10; size < 20000000; size *= 4) text = realloc(text, size);
  printf("grown: %s\n", text);
  text = realloc(text, 5);
  printf("shrunk: %s\n", text);
  printf("usable %d\n", malloc_usable_size(text) >= 5);
  free(text);
  free(0);
  printf("empty %d\n", malloc(0) != 0);
  return 0;
}
