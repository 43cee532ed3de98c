/* Memory that runs out anywhere in wordexp: the error is WRDE_NOSPACE, and what it leaves can be freed. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wordexp.h>

/* The program's own heap, which fails from one of the requests on. */
static _Alignas(16) char heap[16 << 20];
static size_t used;
static long left = -1, bad;

void *malloc(size_t size) {
  size_t whole = (size + 31) & ~(size_t)15;
  if (left == 0 || used + whole > sizeof heap) return NULL;
  if (left > 0) left--;
  size_t *block = (size_t *)(heap + used);
  used += whole;
  block[0] = size;
  block[1] = 0x68656170;
  return memset(block + 2, 0xa5, size);
}

void free(void *block) {
  if (block == NULL) return;
  if ((char *)block <= heap || (char *)block >= heap + sizeof heap || ((size_t *)block)[-1] != 0x68656170)
    bad++;
  else
    ((size_t *)block)[-1] = 0;
}

void *calloc(size_t count, size_t size) {
  void *block = malloc(count * size);
  return block == NULL ? NULL : memset(block, 0, count * size);
}

void *realloc(void *block, size_t size) {
  if (block == NULL) return malloc(size);
  size_t old = ((size_t *)block)[-2];
  void *moved = malloc(size);
  if (moved == NULL) return NULL;
  memcpy(moved, block, old < size ? old : size);
  free(block);
  return moved;
}

static int try(long requests, int flags) {
  wordexp_t words;
  memset(&words, 0xa5, sizeof words);
  words.we_offs = 2;
  left = requests;
  int result = wordexp("one two${NOT_SET:-three} 'fo ur' five six seven eight nine ten", &words, flags);
  left = -1;
  if (result == 0 || result == WRDE_NOSPACE) wordfree(&words);
  return result;
}

int main(void) {
  for (int round = 0; round < 2; round++) {
    int flags = round ? WRDE_DOOFFS : 0, result;
    long requests = 0;
    while ((result = try(requests, flags)) == WRDE_NOSPACE && requests < 1000) requests++;
    printf("%s: %s, then %d\n", round ? "with places before" : "words", requests ? "no space" : "enough", result);
    printf("freed what is no block: %ld\n", bad);
  }
  return 0;
}
