/* System V semaphores, message queues and shared memory. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

union semun {
  int val;
  struct semid_ds *buf;
  unsigned short *array;
};

struct message {
  long type;
  char text[100];
};

static key_t key;

static void nothing(int signal)
{
}

static void semaphores(void)
{
  struct semid_ds ds;
  unsigned short values[3] = { 1, 2, 3 };
  int s = semget(key, 3, IPC_CREAT | IPC_EXCL | 0600);
  assert(s >= 0 && semget(key, 3, IPC_CREAT | IPC_EXCL | 0600) == -1 && errno == EEXIST);
  assert(semget(key, 0, 0) == s && semget(key, 4, 0) == -1 && errno == EINVAL);
  assert(semget(key + 1, 1, 0) == -1 && errno == ENOENT);
  assert(semget(IPC_PRIVATE, 0, 0600) == -1 && errno == EINVAL);
  assert(semctl(s, 0, SETALL, (union semun){ .array = values }) == 0);
  assert(semctl(s, 0, GETVAL) == 1 && semctl(s, 2, GETVAL) == 3 && semctl(s, 3, GETVAL) == -1 && errno == EINVAL);
  struct sembuf both[] = { { 0, -1, IPC_NOWAIT }, { 1, -3, IPC_NOWAIT } };
  assert(semop(s, both, 2) == -1 && errno == EAGAIN && semctl(s, 0, GETVAL) == 1);
  both[1].sem_op = -2;
  assert(semop(s, both, 2) == 0 && semctl(s, 0, GETVAL) == 0 && semctl(s, 1, GETVAL) == 0);
  assert(semctl(s, 0, GETPID) == getpid());
  struct sembuf bad = { 3, 1, 0 }, high = { 2, 32767, 0 }, zero = { 2, 0, IPC_NOWAIT };
  assert(semop(s, &bad, 1) == -1 && errno == EFBIG);
  assert(semop(s, &high, 1) == -1 && errno == ERANGE);
  assert(semop(s, &zero, 1) == -1 && errno == EAGAIN);
  assert(semop(s, &bad, 0) == -1 && errno == EINVAL);
  assert(semctl(s, 0, SETVAL, (union semun){ .val = 32768 }) == -1 && errno == ERANGE);
  assert(semctl(s, 0, IPC_STAT, (union semun){ .buf = &ds }) == 0);
  printf("set: %lu semaphores, mode %o, otime %d\n", (unsigned long)ds.sem_nsems, ds.sem_perm.mode, ds.sem_otime != 0);
  /* A child takes two for good and one to give back. */
  pid_t child = fork();
  if (child == 0) {
    struct sembuf take[] = { { 2, -2, 0 }, { 2, -1, SEM_UNDO } };
    assert(semop(s, take, 2) == 0 && semctl(s, 2, GETVAL) == 0);
    _exit(0);
  }
  waitpid(child, NULL, 0);
  printf("after undo: %d\n", semctl(s, 2, GETVAL));
  child = fork();
  if (child == 0) {
    struct sembuf wait = { 0, -5, 0 };
    assert(semop(s, &wait, 1) == 0);
    _exit(0);
  }
  while (semctl(s, 0, GETNCNT) != 1)
    usleep(1000);
  struct sembuf give = { 0, 3, 0 };
  assert(semop(s, &give, 1) == 0 && semctl(s, 0, GETVAL) == 3 && semop(s, &give, 1) == 0);
  int status;
  assert(waitpid(child, &status, 0) == child && status == 0 && semctl(s, 0, GETVAL) == 1);
  child = fork();
  if (child == 0) {
    struct sembuf wait = { 0, 0, 0 };
    assert(semop(s, &wait, 1) == -1 && errno == EIDRM);
    _exit(0);
  }
  while (semctl(s, 0, GETZCNT) != 1)
    usleep(1000);
  struct timespec soon = { 0, 20000000 };
  struct sembuf much = { 0, -100, 0 };
  assert(semtimedop(s, &much, 1, &soon) == -1 && errno == EAGAIN);
  struct sigaction action = { .sa_handler = nothing, .sa_flags = SA_RESTART };
  sigaction(SIGALRM, &action, NULL);
  alarm(1);
  assert(semop(s, &much, 1) == -1 && errno == EINTR);
  assert(semctl(s, 0, IPC_RMID) == 0 && waitpid(child, &status, 0) == child && status == 0);
  assert(semop(s, &give, 1) == -1 && errno == EINVAL);
  puts("semaphores: ok");
}

static void messages(void)
{
  struct msqid_ds ds;
  struct message m = { 5, "five" }, got;
  int q = msgget(key, IPC_CREAT | 0600);
  assert(q >= 0 && msgget(key, 0) == q);
  assert(msgsnd(q, &m, 5, 0) == 0);
  m.type = 2;
  strcpy(m.text, "two");
  assert(msgsnd(q, &m, 4, 0) == 0);
  m.type = 9;
  strcpy(m.text, "nine");
  assert(msgsnd(q, &m, 5, 0) == 0);
  m.type = 0;
  assert(msgsnd(q, &m, 1, 0) == -1 && errno == EINVAL);
  m.type = 1;
  assert(msgsnd(q, &m, 8193, 0) == -1 && errno == EINVAL);
  assert(msgctl(q, IPC_STAT, &ds) == 0);
  printf("queue: %lu messages, %lu of %lu bytes\n", (unsigned long)ds.msg_qnum, (unsigned long)ds.__msg_cbytes, (unsigned long)ds.msg_qbytes);
  assert(msgrcv(q, &got, 2, 5, 0) == -1 && errno == E2BIG);
  assert(msgrcv(q, &got, 2, 5, MSG_NOERROR) == 2 && got.type == 5 && !strncmp(got.text, "fi", 2));
  assert(msgrcv(q, &got, 100, 7, IPC_NOWAIT) == -1 && errno == ENOMSG);
  assert(msgrcv(q, &got, 100, -8, 0) == 4 && got.type == 2);
  assert(msgrcv(q, &got, 100, 9, MSG_EXCEPT | IPC_NOWAIT) == -1 && errno == ENOMSG);
  assert(msgrcv(q, &got, 100, 0, 0) == 5 && got.type == 9 && !strcmp(got.text, "nine"));
  ds.msg_qbytes = 10;
  assert(msgctl(q, IPC_SET, &ds) == 0);
  m.type = 1;
  assert(msgsnd(q, &m, 8, IPC_NOWAIT) == 0 && msgsnd(q, &m, 8, IPC_NOWAIT) == -1 && errno == EAGAIN);
  pid_t child = fork();
  if (child == 0) {
    usleep(20000);
    assert(msgrcv(q, &got, 100, 0, 0) == 8);
    assert(msgrcv(q, &got, 100, 0, 0) == 8);
    assert(msgrcv(q, &got, 100, 0, 0) == -1 && errno == EIDRM);
    _exit(0);
  }
  assert(msgsnd(q, &m, 8, 0) == 0);
  usleep(50000);
  int status;
  assert(msgctl(q, IPC_RMID, NULL) == 0 && waitpid(child, &status, 0) == child && status == 0);
  assert(msgsnd(q, &m, 8, 0) == -1 && errno == EINVAL);
  puts("messages: ok");
}

static void memory(void)
{
  struct shmid_ds ds;
  int m = shmget(key, 10000, IPC_CREAT | 0640);
  assert(m >= 0 && shmget(key, 10000, 0) == m && shmget(key, 10001, 0) == -1 && errno == EINVAL);
  assert(shmget(IPC_PRIVATE, 0, 0600) == -1 && errno == EINVAL);
  char *a = shmat(m, NULL, 0), *b = shmat(m, NULL, SHM_RDONLY);
  assert(a != (void *)-1 && b != (void *)-1 && a != b && a[9999] == 0);
  strcpy(a + 5000, "shared");
  assert(!strcmp(b + 5000, "shared"));
  assert(shmat(m, a + 1, 0) == (void *)-1 && errno == EINVAL);
  assert(shmat(m, a, 0) == (void *)-1 && errno == EINVAL);
  assert(shmctl(m, IPC_STAT, &ds) == 0);
  printf("segment: %lu bytes, %lu attached, mode %o\n", (unsigned long)ds.shm_segsz, (unsigned long)ds.shm_nattch, ds.shm_perm.mode);
  assert(ds.shm_cpid == getpid() && ds.shm_lpid == getpid() && ds.shm_atime != 0 && ds.shm_dtime == 0);
  pid_t child = fork();
  if (child == 0) {
    assert(shmctl(m, IPC_STAT, &ds) == 0 && ds.shm_nattch == 4);
    a[0] = 'c';
    assert(shmdt(a) == 0 && shmdt(a) == -1 && errno == EINVAL);
    _exit(0);
  }
  int status;
  assert(waitpid(child, &status, 0) == child && status == 0 && a[0] == 'c');
  assert(shmctl(m, IPC_STAT, &ds) == 0 && ds.shm_nattch == 2 && ds.shm_dtime != 0);
  /* The middle page goes away by munmap: two areas are left of the attachment. */
  assert(munmap(a + 4096, 4096) == 0 && shmctl(m, IPC_STAT, &ds) == 0 && ds.shm_nattch == 3);
  assert(shmdt(a) == 0 && shmctl(m, IPC_STAT, &ds) == 0 && ds.shm_nattch == 1);
  char *again = shmat(m, a, 0);
  assert(again == a && a[0] == 'c' && !strcmp(a + 5000, "shared"));
  assert(shmctl(m, IPC_RMID, NULL) == 0 && shmctl(m, IPC_STAT, &ds) == 0);
  printf("removed: mode %o, %lu attached\n", ds.shm_perm.mode, (unsigned long)ds.shm_nattch);
  assert(shmget(key, 0, 0) == -1 && errno == ENOENT);
  assert(shmdt(a) == 0 && !strcmp(b + 5000, "shared") && shmdt(b) == 0);
  assert(shmctl(m, IPC_STAT, &ds) == -1 && (errno == EINVAL || errno == EIDRM));
  assert(shmdt(&ds) == -1 && errno == EINVAL);
  int file = shmget(IPC_PRIVATE, 4096, 0600);
  a = shmat(file, NULL, SHM_RDONLY);
  assert(shmctl(file, IPC_RMID, NULL) == 0);
  child = fork();
  if (child == 0) {
    a[0] = 1;
    _exit(0);
  }
  assert(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
  puts("memory: ok");
}

int main(void)
{
  key = 0x10000000 | getpid();
  semaphores();
  messages();
  memory();
  return 0;
}
