/* A program that brings its own malloc: what the library allocates comes from there, what the program frees goes there. */
#include <dirent.h>
#include <glob.h>
#include <pthread.h>
#include <regex.h>
#include <search.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#define MAGIC 0x6d792068656170ul

/* One block after the other, none used twice; threads take turns by the counter. */
static _Alignas(16) char heap[8 << 20];
static size_t used;
static long allocations, releases;

struct head {
  size_t size;
  uintptr_t magic;
};

static struct head *head_of(void *block) {
  struct head *head = (struct head *)block - 1;
  if ((char *)block <= heap || (char *)block >= heap + sizeof heap || head->magic != MAGIC) {
    static const char message[] = "free() or realloc() of what is not this heap's\n";
    if (write(1, message, sizeof message - 1) < 0) _exit(2);
    _exit(1);
  }
  return head;
}

void *malloc(size_t size) {
  size_t whole = (sizeof(struct head) + size + 15) & ~(size_t)15;
  size_t at = __atomic_fetch_add(&used, whole, __ATOMIC_SEQ_CST);
  if (size > sizeof heap || at + whole > sizeof heap) return NULL;
  struct head *head = (struct head *)(heap + at);
  head->size = size;
  head->magic = MAGIC;
  __atomic_fetch_add(&allocations, 1, __ATOMIC_SEQ_CST);
  return memset(head + 1, 0xa5, size);
}

void free(void *block) {
  if (block == NULL) return;
  struct head *head = head_of(block);
  head->magic = 0;
  memset(block, 0x5a, head->size);
  __atomic_fetch_add(&releases, 1, __ATOMIC_SEQ_CST);
}

void *calloc(size_t count, size_t size) {
  void *block = malloc(count * size);
  return block == NULL ? NULL : memset(block, 0, count * size);
}

void *realloc(void *block, size_t size) {
  if (block == NULL) return malloc(size);
  size_t old = head_of(block)->size;
  void *moved = malloc(size);
  if (moved == NULL) return NULL;
  memcpy(moved, block, old < size ? old : size);
  free(block);
  return moved;
}

static void *values(void *unused) {
  enum { KEYS = 100 };
  pthread_key_t keys[KEYS];
  int made = 0;
  while (made < KEYS && pthread_key_create(&keys[made], NULL) == 0) made++;
  for (int i = 0; i < made; i++) pthread_setspecific(keys[i], keys);
  for (int i = 0; i < made; i++) pthread_key_delete(keys[i]);
  return unused;
}

static int by_value(const void *a, const void *b) { return *(const char *)a - *(const char *)b; }

static void show(const char *what, int done) { printf("%s: %s\n", what, done ? "done" : "failed"); }

int main(void) {
  FILE *file = fopen("/dev/null", "w+");
  show("a stream", file != NULL && fputs("text", file) >= 0 && fclose(file) == 0);

  char *text = NULL;
  size_t size = 0;
  file = fmemopen((char[]){"one line\n"}, 9, "r");
  show("a line", file != NULL && getline(&text, &size, file) == 9);
  free(text);
  if (file != NULL) fclose(file);

  file = open_memstream(&text, &size);
  show("a stream into memory", file != NULL && fprintf(file, "%d", 5) == 1 && fclose(file) == 0 && *text == '5');
  free(text);

  file = popen("exit 0", "r");
  show("a stream of a command", file != NULL && pclose(file) == 0);

  text = strdup("copy");
  show("a copy", text != NULL && realloc(text, 1000) != NULL);
  wchar_t *wide = wcsdup(L"copy");
  show("a wide copy", wide != NULL);
  free(wide);
  text = realpath("/", NULL);
  show("a path", text != NULL && strcmp(text, "/") == 0);
  free(text);
  text = getcwd(NULL, 0);
  show("the working directory", text != NULL);
  free(text);

  struct dirent **names;
  int count = scandir("/", &names, NULL, alphasort);
  show("names", count >= 2);
  for (int i = 0; i < count; i++) free(names[i]);
  if (count >= 0) free(names);
  glob_t paths;
  show("paths", glob("/*", 0, NULL, &paths) == 0);
  globfree(&paths);

  regex_t expression;
  show("an expression",
       regcomp(&expression, "(a|b)*c", REG_EXTENDED) == 0 && regexec(&expression, "abc", 0, NULL, 0) == 0);
  regfree(&expression);
  void *root = NULL;
  show("a tree", tsearch("a", &root, by_value) != NULL && tsearch("b", &root, by_value) != NULL);
  while (root != NULL) tdelete(*(void **)root, &root, by_value);

  pthread_t thread;
  show("values of a thread", pthread_create(&thread, NULL, values, NULL) == 0 && pthread_join(thread, NULL) == 0);
  show("the environment", setenv("A", "b", 1) == 0 && unsetenv("A") == 0 && clearenv() == 0);

  show("blocks of this heap", allocations > 20 && releases > 10 && releases <= allocations);
  return 0;
}
