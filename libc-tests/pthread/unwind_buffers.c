/* Cleanup handlers run newest first when the thread ends in the middle of its functions, by itself or cancelled, in the
   functions that pushed them. tlibc has them as programs do that were compiled with glibc's headers, mixed with its own. */
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __TLIBC__
struct unwind_buffer {
  struct {
    long registers[8];
    int mask_was_saved;
  } saved;
  void *room[4];
};
void __pthread_register_cancel(struct unwind_buffer *);
void __pthread_unregister_cancel(struct unwind_buffer *);
void __pthread_register_cancel_defer(struct unwind_buffer *);
void __pthread_unregister_cancel_restore(struct unwind_buffer *);
void __pthread_unwind_next(struct unwind_buffer *) __attribute__((noreturn));
int __sigsetjmp(struct __jmp_buf_tag *, int) __attribute__((returns_twice));

#define PUSH(ROUTINE, ARGUMENT, REGISTER)                               \
  do {                                                                  \
    struct unwind_buffer buffer;                                        \
    void (*routine)(void *) = (ROUTINE);                                \
    void *argument = (ARGUMENT);                                        \
    if (__sigsetjmp((struct __jmp_buf_tag *)&buffer.saved, 0)) {        \
      routine(argument);                                                \
      __pthread_unwind_next(&buffer);                                   \
    }                                                                   \
    REGISTER(&buffer);                                                  \
    do {
#define POP(EXECUTE, UNREGISTER)                                        \
    } while (0);                                                        \
    UNREGISTER(&buffer);                                                \
    if (EXECUTE) routine(argument);                                     \
  } while (0)

#else
#define PUSH(ROUTINE, ARGUMENT, REGISTER) pthread_cleanup_push(ROUTINE, ARGUMENT)
#define POP(EXECUTE, UNREGISTER) pthread_cleanup_pop(EXECUTE)
#endif

static sem_t never, begun;
static void say(void *text) { printf(" %s", (char *)text); }

static void inner(int how) {
  PUSH(say, "inner", __pthread_register_cancel_defer);
  pthread_cleanup_push(say, "plain");
  if (how == 1) pthread_exit((void *)42);
  sem_post(&begun);
  if (how == 2) sem_wait(&never);
  pthread_cleanup_pop(0);
  POP(1, __pthread_unregister_cancel_restore);
}

static void *outer(void *how) {
  PUSH(say, "outer", __pthread_register_cancel);
  inner((int)(intptr_t)how);
  PUSH(say, "not this", __pthread_register_cancel);
  POP(0, __pthread_unregister_cancel);
  POP(1, __pthread_unregister_cancel);
  return (void *)7;
}

int main(void) {
  sem_init(&never, 0, 0), sem_init(&begun, 0, 0);
  for (intptr_t how = 0; how < 3; how++) {
    pthread_t thread;
    void *result;
    pthread_create(&thread, NULL, outer, (void *)how);
    if (how == 2) {
      sem_wait(&begun), sem_wait(&begun);
      pthread_cancel(thread);
    }
    pthread_join(thread, &result);
    printf(": %d\n", (int)(intptr_t)result);
  }
  return 0;
}
