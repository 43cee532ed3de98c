/* Every function that POSIX.1-2024, 2.9.5.2, says is a cancellation point, and some of Linux, end a thread that is to be cancelled: before it
   does anything, and those that wait also while they wait. */
#define _GNU_SOURCE
#include <aio.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>
/* expect: not-musl lets some calls that do not wait go on */

static int empty[2], full[2], sockets[2], stuffed[2], listener, file, locked, queue, terminal;
static mqd_t mq = -1, mq_full = -1;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static mtx_t mtx;
static cnd_t cnd;
static sem_t sem;
static pthread_t forever;
static thrd_t c11_forever;
static int idle[2], crowded, message_queue;
static struct aiocb request;
static struct sockaddr_un crowd = {.sun_family = AF_UNIX, .sun_path = "crowded"};
static char buffer[4096], *page;
static struct timespec far = {4000000000, 0}, span = {1000, 0};
static sigset_t usr2;

static void *wait_forever(void *unused) {
  sem_t never;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
  sem_init(&never, 0, 0);
  for (;;) sem_wait(&never);
}
static int c11_wait_forever(void *unused) { return wait_forever(unused) != NULL; }
static void unlock(void *m) { pthread_mutex_unlock(m); }
static void c11_unlock(void *m) { mtx_unlock(m); }
static struct iovec iov = {buffer, 1};
static struct msghdr message(void) { return (struct msghdr){.msg_iov = &iov, .msg_iovlen = 1}; }

#define POINT(NAME, BODY) static void do_##NAME(void) { BODY; }
/* Those that wait for ever as they are called here. */
#define WAITING(X)                                                                                                    \
  X(accept, accept(listener, NULL, NULL))                                                                             \
  X(aio_suspend, const struct aiocb *list[] = {&request}; aio_suspend(list, 1, NULL))                                 \
  X(accept4, accept4(listener, NULL, NULL, 0))                                                                        \
  X(clock_nanosleep, clock_nanosleep(CLOCK_MONOTONIC, 0, &span, NULL))                                                \
  X(fcntl, struct flock l = {.l_type = F_WRLCK}; fcntl(locked, F_SETLKW, &l))                                         \
  X(fcntl_ofd, struct flock l = {.l_type = F_WRLCK}; fcntl(locked, F_OFD_SETLKW, &l))                                 \
  X(connect_full, int s = socket(AF_UNIX, SOCK_STREAM, 0); connect(s, (struct sockaddr *)&crowd, sizeof crowd))        \
  X(lockf, lockf(locked, F_LOCK, 0))                                                                                  \
  X(msgrcv, msgrcv(queue, buffer, 1, 7, 0))                                                                           \
  X(msgsnd_full, struct { long kind; char text[64]; } m = {1}; msgsnd(message_queue, &m, 64, 0))                       \
  X(nanosleep, nanosleep(&span, NULL))                                                                                \
  X(pause, pause())                                                                                                   \
  X(poll, poll(NULL, 0, -1))                                                                                          \
  X(ppoll, ppoll(NULL, 0, NULL, NULL))                                                                                \
  X(pselect, pselect(0, NULL, NULL, NULL, NULL, NULL))                                                                \
  X(pthread_cond_wait, pthread_mutex_lock(&mutex); pthread_cleanup_push(unlock, &mutex); pthread_cond_wait(&cond, &mutex); pthread_cleanup_pop(1)) \
  X(pthread_cond_timedwait, pthread_mutex_lock(&mutex); pthread_cleanup_push(unlock, &mutex); pthread_cond_timedwait(&cond, &mutex, &far); pthread_cleanup_pop(1)) \
  X(pthread_cond_clockwait, pthread_mutex_lock(&mutex); pthread_cleanup_push(unlock, &mutex); pthread_cond_clockwait(&cond, &mutex, CLOCK_MONOTONIC, &far); pthread_cleanup_pop(1)) \
  X(cnd_wait, mtx_lock(&mtx); pthread_cleanup_push(c11_unlock, &mtx); cnd_wait(&cnd, &mtx); pthread_cleanup_pop(1))   \
  X(cnd_timedwait, mtx_lock(&mtx); pthread_cleanup_push(c11_unlock, &mtx); cnd_timedwait(&cnd, &mtx, &far); pthread_cleanup_pop(1)) \
  X(pthread_join, pthread_join(forever, NULL))                                                                        \
  X(read, read(empty[0], buffer, 1))                                                                                  \
  X(readv, readv(empty[0], &iov, 1))                                                                                  \
  X(recv, recv(sockets[0], buffer, 1, 0))                                                                             \
  X(recvfrom, recvfrom(sockets[0], buffer, 1, 0, NULL, NULL))                                                         \
  X(recvmsg, struct msghdr m = message(); recvmsg(sockets[0], &m, 0))                                                 \
  X(select, select(0, NULL, NULL, NULL, NULL))                                                                        \
  X(sem_wait, sem_wait(&sem))                                                                                         \
  X(sem_clockwait, sem_clockwait(&sem, CLOCK_MONOTONIC, &far))                                                        \
  X(sem_timedwait, sem_timedwait(&sem, &far))                                                                         \
  X(send, send(stuffed[0], buffer, 1, 0))                                                                             \
  X(sendmsg, struct msghdr m = message(); sendmsg(stuffed[0], &m, 0))                                                 \
  X(sendto, sendto(stuffed[0], buffer, 1, 0, NULL, 0))                                                                \
  X(sigsuspend, sigset_t s; sigfillset(&s); sigsuspend(&s))                                                           \
  X(sigtimedwait, sigtimedwait(&usr2, NULL, &span))                                                                   \
  X(sigwait, int s; sigwait(&usr2, &s))                                                                               \
  X(sigwaitinfo, sigwaitinfo(&usr2, NULL))                                                                            \
  X(sleep, sleep(1000))                                                                                               \
  X(thrd_join, thrd_join(c11_forever, NULL))                                                                          \
  X(usleep, usleep(900000000))                                                                                        \
  X(thrd_sleep, thrd_sleep(&span, NULL))                                                                              \
  X(splice, splice(empty[0], NULL, idle[1], NULL, 1, 0))                                                              \
  X(wait, wait(NULL))                                                                                                 \
  X(waitid, siginfo_t i; waitid(P_ALL, 0, &i, WEXITED))                                                               \
  X(waitpid, waitpid(-1, NULL, 0))                                                                                    \
  X(write, write(full[1], buffer, 1))                                                                                 \
  X(writev, writev(full[1], &iov, 1))                                                                                 \
  X(mq_receive, mq_receive(mq, buffer, sizeof buffer, NULL))                                                          \
  X(mq_timedreceive, mq_timedreceive(mq, buffer, sizeof buffer, NULL, &far))                                          \
  X(mq_send, mq_send(mq_full, buffer, 1, 0))                                                                          \
  X(mq_timedsend, mq_timedsend(mq_full, buffer, 1, 0, &far))
/* Those that end at once. */
#define SHORT(X)                                                                                                      \
  X(close, close(-1))                                                                                                 \
  X(connect, struct sockaddr a = {0}; connect(-1, &a, sizeof a))                                                      \
  X(copy_file_range, copy_file_range(file, NULL, file, NULL, 1, 0))                                                   \
  X(creat, creat("made", 0600))                                                                                       \
  X(fallocate, fallocate(file, 0, 0, 1))                                                                              \
  X(fdatasync, fdatasync(file))                                                                                       \
  X(fsync, fsync(file))                                                                                               \
  X(msgsnd, msgsnd(-1, buffer, 1, IPC_NOWAIT))                                                                        \
  X(msync, msync(page, 4096, MS_SYNC))                                                                                \
  X(open, open("made", O_RDONLY))                                                                                     \
  X(open_by_handle_at, open_by_handle_at(-1, (struct file_handle *)buffer, O_RDONLY))                                 \
  X(openat, openat(AT_FDCWD, "made", O_RDONLY))                                                                       \
  X(preadv, preadv(file, &iov, 1, 0))                                                                                 \
  X(pwritev, pwritev(file, &iov, 1, 0))                                                                               \
  X(pread, pread(file, buffer, 1, 0))                                                                                 \
  X(pwrite, pwrite(file, buffer, 1, 0))                                                                               \
  X(sync_file_range, sync_file_range(file, 0, 1, 0))                                                                  \
  X(tcdrain, tcdrain(terminal))                                                                                       \
  X(testcancel, pthread_testcancel())                                                                                 \
  X(vmsplice, vmsplice(idle[1], &iov, 0, 0))
WAITING(POINT)
SHORT(POINT)

static const struct {
  const char *name;
  void (*call)(void);
  int waits;
} points[] = {
#define WAITS(NAME, BODY) {#NAME, do_##NAME, 1},
#define ENDS(NAME, BODY) {#NAME, do_##NAME, 0},
    WAITING(WAITS) SHORT(ENDS)};

static sem_t begun;

static void *pending(void *call) {
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
  pthread_cancel(pthread_self());
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
  ((void (*)(void))call)();
  return NULL;
}

static void *waiting(void *call) {
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
  sem_post(&begun);
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
  ((void (*)(void))call)();
  return NULL;
}

static void set_up(void) {
  pipe(empty), pipe(full);
  fcntl(full[1], F_SETFL, O_NONBLOCK);
  while (write(full[1], buffer, sizeof buffer) > 0) continue;
  fcntl(full[1], F_SETFL, 0);
  socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), socketpair(AF_UNIX, SOCK_STREAM, 0, stuffed);
  while (send(stuffed[0], buffer, sizeof buffer, MSG_DONTWAIT) > 0) continue;
  listener = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr address = {.sa_family = AF_UNIX};
  bind(listener, &address, sizeof(sa_family_t)), listen(listener, 1);
  file = open("file", O_RDWR | O_CREAT, 0600), locked = open("locked", O_RDWR | O_CREAT, 0600);
  write(file, buffer, sizeof buffer);
  page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, file, 0);
  queue = msgget(IPC_PRIVATE, 0600);
  terminal = posix_openpt(O_RDWR | O_NOCTTY);
  struct mq_attr attr = {.mq_maxmsg = 1, .mq_msgsize = 16};
  char name[40];
  sprintf(name, "/clew-points-%d", (int)getpid());
  mq = mq_open(name, O_RDWR | O_CREAT, 0600, &attr), mq_unlink(name);
  mq_full = mq_open(name, O_RDWR | O_CREAT, 0600, &attr), mq_unlink(name);
  mq_send(mq_full, buffer, 1, 0);
  mtx_init(&mtx, mtx_plain), cnd_init(&cnd), sem_init(&sem, 0, 0), sem_init(&begun, 0, 0);
  sigemptyset(&usr2), sigaddset(&usr2, SIGUSR2), pthread_sigmask(SIG_BLOCK, &usr2, NULL);
  pthread_create(&forever, NULL, wait_forever, NULL);
  thrd_create(&c11_forever, c11_wait_forever, NULL);
  pipe(idle);
  request = (struct aiocb){.aio_fildes = idle[0], .aio_buf = buffer, .aio_nbytes = 1};
  aio_read(&request);
  crowded = socket(AF_UNIX, SOCK_STREAM, 0);
  unlink(crowd.sun_path);
  bind(crowded, (struct sockaddr *)&crowd, sizeof crowd), listen(crowded, 0);
  for (int s, more = 1; more;) {
    s = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    more = connect(s, (struct sockaddr *)&crowd, sizeof crowd) == 0;
  }
  struct { long kind; char text[64]; } m = {1};
  message_queue = msgget(IPC_PRIVATE, 0600);
  while (msgsnd(message_queue, &m, 64, IPC_NOWAIT) == 0) continue;
}

int main(void) {
  set_up();
  int ready[2];
  pipe(ready);
  /* A child that never ends, which holds the lock. */
  pid_t child = fork();
  if (child == 0) {
    lockf(locked, F_LOCK, 0);
    write(ready[1], "", 1);
    for (;;) pause();
  }
  read(ready[0], buffer, 1);
  int failed = 0;
  pthread_t t;
  void *result;
  for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
    pthread_create(&t, NULL, pending, points[i].call);
    pthread_join(t, &result);
    printf("%s%s", points[i].name, result == PTHREAD_CANCELED ? "" : " NOT BEFORE");
    failed |= result != PTHREAD_CANCELED;
    if (points[i].waits) {
      pthread_create(&t, NULL, waiting, points[i].call);
      sem_wait(&begun);
      usleep(2000);
      pthread_cancel(t);
      pthread_join(t, &result);
      printf("%s", result == PTHREAD_CANCELED ? ", waiting" : " NOT WAITING");
      failed |= result != PTHREAD_CANCELED;
    }
    puts("");
  }
  kill(child, SIGKILL);
  msgctl(queue, IPC_RMID, NULL), msgctl(message_queue, IPC_RMID, NULL);
  fflush(stdout);
  _exit(failed);
}
