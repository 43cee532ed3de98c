/* Streams: files, buffering, positions, push-back, errors, memory, pipes.
   expect: not-musl it leaves errno alone when a stream does not allow the operation */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[64];

static long size_of(const char *name)
{
  struct stat st;
  return stat(name, &st) == 0 ? (long)st.st_size : -1;
}

static void files(void)
{
  char line[64];
  int n = 0;
  FILE *f = fopen(path, "w");
  assert(f && fileno(f) > 2);
  for (int i = 0; i < 5000; i++)
    assert(fprintf(f, "line %d\n", i) > 0);
  assert(ftell(f) == 48890 && fclose(f) == 0 && size_of(path) == 48890);
  f = fopen(path, "r");
  while (fgets(line, sizeof line, f))
    n++;
  assert(n == 5000 && feof(f) && !ferror(f));
  assert(fseek(f, -10, SEEK_END) == 0 && !feof(f) && fgets(line, sizeof line, f));
  printf("last: %s", line);
  assert(fseek(f, 7, SEEK_SET) == 0 && fgetc(f) == 'l' && ftell(f) == 8);
  assert(ungetc('X', f) == 'X' && ftell(f) == 7 && fgetc(f) == 'X' && fgetc(f) == 'i');
  fpos_t at;
  assert(fgetpos(f, &at) == 0 && fgetc(f) == 'n' && fsetpos(f, &at) == 0 && fgetc(f) == 'n');
  assert(fputc('x', f) == EOF && ferror(f) && errno == EBADF);
  clearerr(f);
  assert(!ferror(f) && fclose(f) == 0);
  assert(!fopen("/no/such/file", "r") && errno == ENOENT);
  assert(!fopen(path, "q") && errno == EINVAL);
  assert(!fopen(path, "wx") && errno == EEXIST);
}

static void update(void)
{
  char b[16] = "";
  FILE *f = fopen(path, "w+");
  assert(fputs("hello world", f) >= 0 && fseek(f, 6, SEEK_SET) == 0);
  assert(fread(b, 1, 5, f) == 5 && !strcmp(b, "world"));
  assert(fseek(f, 0, SEEK_SET) == 0 && fputs("HELLO", f) >= 0);
  rewind(f);
  assert(fgets(b, sizeof b, f));
  puts(b);
  fclose(f);
  f = fopen(path, "a+");
  assert(fputs("!", f) >= 0 && fseek(f, 0, SEEK_SET) == 0 && fputs("?", f) >= 0 && fflush(f) == 0);
  rewind(f);
  memset(b, 0, sizeof b);
  assert(fread(b, 1, 15, f) == 13);
  puts(b);
  fclose(f);
}

static void buffering(void)
{
  char own[256];
  FILE *f = fopen(path, "w");
  assert(setvbuf(f, own, _IOFBF, sizeof own) == 0 && fputs("abc", f) >= 0);
  assert(size_of(path) == 0 && __fpending(f) == 3 && fflush(f) == 0 && size_of(path) == 3);
  fclose(f);
  f = fopen(path, "w");
  assert(setvbuf(f, 0, _IONBF, 0) == 0 && fputs("abc", f) >= 0 && size_of(path) == 3);
  fclose(f);
  f = fopen(path, "w");
  assert(setvbuf(f, 0, _IOLBF, 0) == 0);
  assert(fputs("ab", f) >= 0 && size_of(path) == 0 && fputs("c\nd", f) >= 0);
  fclose(f);
  assert(size_of(path) == 5);
  f = fopen(path, "w");
  fputs("seen", f);
  assert(fflush(0) == 0 && size_of(path) == 4);
  fclose(f);
}

static void lines(void)
{
  char *line = 0;
  size_t room = 0;
  FILE *f = fopen(path, "w+");
  for (int i = 0; i < 3000; i++)
    fputc('a' + i % 26, f);
  fputs("\nshort\nlast", f);
  rewind(f);
  assert(getline(&line, &room, f) == 3001 && line[3000] == '\n' && getline(&line, &room, f) == 6);
  assert(getdelim(&line, &room, 's', f) == 3 && !strcmp(line, "las"));
  assert(getline(&line, &room, f) == 1 && getline(&line, &room, f) == -1 && feof(f));
  free(line);
  fclose(f);
}

static void memory(void)
{
  char fixed[16] = "", *grown = 0;
  size_t size = 0;
  int a = 0, b = 0;
  FILE *f = fmemopen(fixed, sizeof fixed, "w");
  fprintf(f, "%d-%d", 12, 34);
  fclose(f);
  f = fmemopen(fixed, strlen(fixed), "r");
  assert(fscanf(f, "%d-%d", &a, &b) == 2 && a == 12 && b == 34 && fgetc(f) == EOF);
  fclose(f);
  f = open_memstream(&grown, &size);
  for (int i = 0; i < 1000; i++)
    fprintf(f, "%d,", i);
  fclose(f);
  printf("%zu %.10s %s\n", size, grown, grown + size - 8);
  free(grown);
}

static ssize_t reverse(void *cookie, const char *text, size_t length)
{
  for (size_t i = 0; i < length; i++)
    ((char *)cookie)[i] = text[length - 1 - i];
  return length;
}

static void others(void)
{
  char text[32] = "", line[32] = "";
  FILE *f = fopencookie(text, "w", (cookie_io_functions_t){ .write = reverse });
  fputs("reversed", f);
  fclose(f);
  puts(text);
  f = tmpfile();
  assert(f && fputs("t", f) >= 0 && fseek(f, 0, SEEK_SET) == 0 && fgetc(f) == 't' && fclose(f) == 0);
  int ends[2];
  assert(pipe(ends) == 0);
  FILE *in = fdopen(ends[0], "r"), *out = fdopen(ends[1], "w");
  assert(!fdopen(ends[0], "w") && errno == EINVAL);
  fputs("through a pipe\nrest", out);
  assert(fflush(out) == 0 && fgets(line, sizeof line, in));
  printf("%s", line);
  assert(ftell(in) == -1 && errno == ESPIPE);
  fclose(out);
  assert(fread(line, 1, sizeof line, in) == 4 && feof(in));
  fclose(in);
  f = fopen(path, "w");
  int fd = fileno(f);
  assert(dprintf(fd, "%s %d\n", "dprintf", 7) == 10);
  assert(freopen(path, "r", f) == f && fileno(f) == fd && fgets(line, sizeof line, f));
  printf("%s", line);
  fclose(f);
  assert(rename(path, "renamed.tmp") == 0 && remove("renamed.tmp") == 0 && remove("renamed.tmp") == -1 && errno == ENOENT);
  flockfile(stdout);
  putchar_unlocked('u');
  putchar('l');
  funlockfile(stdout);
  putchar('\n');
}

int main(void)
{
  snprintf(path, sizeof path, "streams-%d.tmp", (int)getpid());
  files();
  update();
  buffering();
  lines();
  memory();
  others();
  printf("flushed at exit");
  return 0;
}
