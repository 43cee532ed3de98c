/* What glibc's threads do and musl's do not: detaching an ended thread is no cancellation point, the library's signals cannot be sent, SI_USER
   for signals to threads that are waited for, pthread_once and pthread_atfork around a fork, scheduling in the attributes of a thread.
   expect: not-musl it does none of these */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int failed;
#define CHECK(condition) do if (!(condition)) printf("%d: " #condition "\n", __LINE__), failed = 1; while (0)

static void *ends(void *argument) { return argument; }

static void *detaches(void *argument) {
  pthread_t thread;
  pthread_create(&thread, 0, ends, 0);
  usleep(20000); /* let it end; the test is worth nothing if it has not, but passes */
  pthread_cancel(pthread_self());
  *(int *)argument = pthread_detach(thread);
  pthread_testcancel();
  return argument;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static sem_t in_routine, go_on;
static pid_t parent;
static int ran;

static void routine(void) {
  if (getpid() == parent) {
    sem_post(&in_routine);
    sem_wait(&go_on);
  }
  ran++;
}

static void *runs_once(void *argument) {
  pthread_once(&once, routine);
  return argument;
}

static int prepared, after, registered;
static void late_prepare(void) { prepared++; }
static void late_after(void) { after++; }
static void registers(void) {
  if (!registered++) pthread_atfork(late_prepare, late_after, late_after);
}

static void *attributes(void *argument) {
  cpu_set_t set;
  int processor = sched_getcpu(), policy = -1, inherit = -1;
  struct sched_param parameter = {-1};
  pthread_attr_t own;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  CHECK(pthread_setaffinity_np(pthread_self(), sizeof set, &set) == 0);
  CHECK(pthread_getattr_np(pthread_self(), &own) == 0);
  CPU_ZERO(&set);
  CHECK(pthread_attr_getaffinity_np(&own, sizeof set, &set) == 0 && CPU_COUNT(&set) == 1 && CPU_ISSET(processor, &set));
  pthread_attr_getschedpolicy(&own, &policy);
  pthread_attr_getschedparam(&own, &parameter);
  pthread_attr_getinheritsched(&own, &inherit);
  CHECK(policy == SCHED_OTHER && parameter.sched_priority == 0 && inherit == PTHREAD_EXPLICIT_SCHED);
  pthread_attr_destroy(&own);
  return argument;
}

int main(void) {
  pthread_t thread;
  void *result;
  int status = -1;
  alarm(20);

  CHECK(pthread_create(&thread, 0, detaches, &status) == 0 && pthread_join(thread, &result) == 0);
  CHECK(result == PTHREAD_CANCELED && status == 0);

  sigset_t set;
  siginfo_t info;
  sigemptyset(&set), sigaddset(&set, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &set, 0);
  raise(SIGUSR1);
  CHECK(sigwaitinfo(&set, &info) == SIGUSR1 && info.si_code == SI_USER && info.si_pid == getpid());
  pthread_kill(pthread_self(), SIGUSR1);
  CHECK(sigtimedwait(&set, &info, &(struct timespec){5, 0}) == SIGUSR1 && info.si_code == SI_USER);
  CHECK(sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 5}) == 0 && sigwaitinfo(&set, &info) == SIGUSR1 && info.si_code == SI_QUEUE);
  CHECK(pthread_kill(pthread_self(), 32) == EINVAL && pthread_kill(pthread_self(), 33) == EINVAL);
  CHECK(pthread_kill(pthread_self(), 65) == EINVAL && pthread_kill(pthread_self(), -1) == EINVAL && pthread_kill(pthread_self(), 0) == 0);

  parent = getpid();
  sem_init(&in_routine, 0, 0), sem_init(&go_on, 0, 0);
  pthread_create(&thread, 0, runs_once, 0);
  sem_wait(&in_routine);
  pid_t child = fork();
  if (child == 0) {
    alarm(5);
    pthread_once(&once, routine);
    pthread_once(&once, routine);
    _exit(ran);
  }
  CHECK(waitpid(child, &status, 0) == child && status == 1 << 8);
  sem_post(&go_on);
  pthread_join(thread, 0);
  pthread_once(&once, routine);
  CHECK(ran == 1);

  pthread_atfork(registers, 0, 0);
  child = fork();
  if (child == 0) _exit(prepared * 10 + after);
  CHECK(waitpid(child, &status, 0) == child && status == 0 && prepared == 0 && after == 0);
  child = fork();
  if (child == 0) _exit(prepared * 10 + after);
  CHECK(waitpid(child, &status, 0) == child && status == 11 << 8 && prepared == 1 && after == 1);

  pthread_attr_t attr;
  pthread_attr_init(&attr);
  struct sched_param parameter = {10};
  CHECK(pthread_attr_setschedparam(&attr, &parameter) == EINVAL);
  CHECK(pthread_attr_setschedpolicy(&attr, SCHED_RR) == 0 && pthread_attr_setschedparam(&attr, &parameter) == 0);
  parameter.sched_priority = 0;
  CHECK(pthread_attr_setschedparam(&attr, &parameter) == EINVAL);
  CHECK(pthread_attr_setschedpolicy(&attr, SCHED_OTHER) == 0 && pthread_attr_setschedparam(&attr, &parameter) == 0);
  CHECK(pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED) == 0);
  CHECK(pthread_create(&thread, &attr, attributes, 0) == 0 && pthread_join(thread, 0) == 0);
  pthread_attr_destroy(&attr);
  printf("%s\n", failed ? "failed" : "fine");
  return failed;
}
