/* Functions of fopencookie that use streams themselves and start threads: nothing hangs, no text is lost.
   expect: not-musl it writes in pieces, and loses what is written to a stream opened at exit */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#define CHECK(C) ((C) ? (void)0 : (void)(printf("line %d: %s\n", __LINE__, #C), failed = 1))
static int failed;
static FILE *held, *kept, *again;

static ssize_t appends(void *cookie, const char *data, size_t length) {
  FILE *log = fopen(cookie, "a");
  if (!log) return 0;
  fprintf(log, "%.*s\n", (int)length, data);
  fclose(log);
  return (ssize_t)length;
}

/* Its text goes to a stream that is opened in the middle, and stays in the buffer. */
static ssize_t keeps(void *cookie, const char *data, size_t length) {
  if (!kept) kept = fopen(cookie, "w");
  return (ssize_t)fwrite(data, 1, length, kept);
}

static ssize_t prints(void *cookie, const char *data, size_t length) {
  return printf("%s%.*s\n", (char *)cookie, (int)length, data) > 0 ? (ssize_t)length : 0;
}

/* The stream that is walked to next is closed. */
static ssize_t closes(void *cookie, const char *data, size_t length) {
  if (again) fclose(again);
  again = 0;
  return (ssize_t)length;
}

static void *try(void *taken) {
  *(int *)taken = !ftrylockfile(held);
  if (*(int *)taken) funlockfile(held);
  return 0;
}

static ssize_t starts(void *cookie, const char *data, size_t length) {
  pthread_t thread;
  pthread_create(&thread, 0, try, cookie);
  pthread_join(thread, 0);
  return (ssize_t)length;
}

static FILE *stream(void *cookie, ssize_t (*write)(void *, const char *, size_t)) {
  return fopencookie(cookie, "w", (cookie_io_functions_t){.write = write});
}

static void show(const char *name) {
  char text[100] = "";
  FILE *f = fopen(name, "r");
  CHECK(f && fread(text, 1, 99, f) > 0);
  printf("%s: %s", name, text);
  if (f) fclose(f);
}

int main(void) {
  int taken = -1;
  held = stream(&taken, starts);
  setvbuf(held, 0, _IONBF, 0);
  fputs("abc", held);
  CHECK(taken == 0);
  fclose(held);
  FILE *log = stream("log", appends);
  fputs("one", log);
  CHECK(fflush(NULL) == 0);
  fputs("two", log);
  fclose(log);
  show("log");
  again = fopen("closed", "w");
  FILE *closer = stream(0, closes);
  fputs("text\n", again);
  fputs("x", closer);
  CHECK(fflush(NULL) == 0 && !again);
  fclose(closer);
  show("closed");
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    fputs("at exit", stream("exit", appends));
    fputs("kept\n", stream("kept", keeps));
    fputs("printed", stream("> ", prints));
    exit(0);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  show("exit");
  show("kept");
  return failed;
}
