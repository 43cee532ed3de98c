/* expect: not-glibc the child waits for locks that a thread of the parent held
   fork while other threads are in functions of the library that keep something for the whole process: the child may
   call them too. */
#include <libintl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

static volatile int stop;

static void log_one(void) { syslog(LOG_DEBUG, "a test"); }

static void translate_one(void) {
  bindtextdomain("tests", "/nowhere");
  dgettext("tests", "a text");
}

static void random_one(void) {
  for (int i = 0; i < 100; i++) random();
}

static const struct {
  const char *name;
  void (*call)(void);
} calls[] = {{"syslog", log_one}, {"gettext", translate_one}, {"random", random_one}};

static void *repeat(void *index) {
  while (!stop) calls[(size_t)index].call();
  return 0;
}

int main(void) {
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    pthread_t threads[3];
    int wrong = 0;
    stop = 0;
    for (int n = 0; n < 3; n++) pthread_create(&threads[n], 0, repeat, (void *)i);
    for (int n = 0; n < 15 && !wrong; n++) {
      pid_t pid = fork();
      if (pid == 0) {
        alarm(15);
        calls[i].call();
        _exit(0);
      }
      int status = -1;
      if (waitpid(pid, &status, 0) != pid || status != 0) wrong++;
    }
    stop = 1;
    for (int n = 0; n < 3; n++) pthread_join(threads[n], 0);
    printf("%s in the child: %s\n", calls[i].name, wrong ? "never returns" : "returns");
  }
  return 0;
}
