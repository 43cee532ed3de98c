/* expect: not-musl this version notices less
   Misuse of the heap ends the process with SIGABRT and a message, at the latest when the block is used again. */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The compiler must not see what is done. */
static void *volatile kept[64];

static void twice(void) {
  void *volatile block = malloc(100);
  free(block);
  free(block);
}

static void twice_with_others_between(void) {
  for (int i = 0; i < 5; i++) kept[i] = malloc(40);
  for (int i = 0; i < 5; i++) free(kept[i]);
  free(kept[2]);
}

static void twice_with_many_between(void) {
  static void *many[1000];
  void *volatile block = malloc(200);
  for (int i = 0; i < 1000; i++) many[i] = malloc(200);
  free(block);
  for (int i = 0; i < 1000; i += 2) free(many[i]);
  free(block);
}

static void large_twice(void) {
  void *volatile block = malloc(100000);
  void *volatile guard = malloc(100000);
  free(block);
  free(block);
  free(guard);
}

static void inside_a_block(void) {
  char *volatile block = malloc(1000);
  free(block + 8);
}

static void inside_a_large_block(void) {
  char *volatile block = malloc(100000);
  free(block + 4096);
}

static void realloc_inside_a_block(void) {
  char *volatile block = malloc(1000);
  kept[0] = realloc(block + 8, 3000);
}

static void written_after_free(void) {
  for (int i = 0; i < 4; i++) kept[i] = malloc(64);
  for (int i = 0; i < 4; i++) free(kept[i]);
  /* glibc hides its links behind the block's address, and looks whether what it finds is aligned: it is not. */
  int byte = ((uintptr_t)kept[3] >> 12 & 15) == 1 ? 0x42 : 0x41;
  memset(kept[3], byte, 16);
  for (int i = 0; i < 4; i++) kept[i] = malloc(64);
}

static void run(const char *name, void (*misuse)(void)) {
  int pipe_ends[2], status;
  char message[200];
  if (pipe(pipe_ends)) exit(2);
  fflush(stdout);
  pid_t child = fork();
  if (!child) {
    dup2(pipe_ends[1], 2);
    misuse();
    _exit(0);
  }
  close(pipe_ends[1]);
  ssize_t got, total = 0;
  while ((got = read(pipe_ends[0], message + total, sizeof message - total)) > 0) total += got;
  close(pipe_ends[0]);
  waitpid(child, &status, 0);
  printf("%s: aborts %d, one line %d\n", name, WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT,
         total > 10 && memchr(message, '\n', total) == message + total - 1);
}

int main(void) {
  run("freed twice", twice);
  run("freed twice, others between", twice_with_others_between);
  run("freed twice, many between", twice_with_many_between);
  run("large block freed twice", large_twice);
  run("free inside a block", inside_a_block);
  run("free inside a large block", inside_a_large_block);
  run("realloc inside a block", realloc_inside_a_block);
  run("written to after free", written_after_free);
  return 0;
}
