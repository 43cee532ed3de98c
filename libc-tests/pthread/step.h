/* Runs a thread one instruction at a time (trap flag, SIGTRAP) and holds it before a chosen one while others go on: every
   interleaving of a call with what they do, by turns. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define TRAP_FLAG 0x100

/* Instructions so far; the one to be held before; whether the thread is held; whether it may go on. */
static atomic_int step_count, step_target, step_held, step_go;

static void step_trap(int signal, siginfo_t *info, void *context) {
  ucontext_t *interrupted = context;
  if (++step_count == step_target) {
    step_held = 1;
    while (!step_go) sched_yield();
  }
  if (step_count >= step_target) interrupted->uc_mcontext.gregs[REG_EFL] &= ~TRAP_FLAG;
}

static void step_init(void) {
  struct sigaction action = {.sa_sigaction = step_trap, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigaction(SIGTRAP, &action, 0);
}

/* The next thread that steps is held before its instruction number `at`. */
static void step_prepare(int at) {
  step_count = step_held = step_go = 0;
  step_target = at;
}

/* The calling thread steps from here on, to here. The red zone below the stack pointer stays as it is. */
#define STEP_ON() __asm__ volatile("sub $128, %%rsp; pushfq; orq $0x100, (%%rsp); popfq; add $128, %%rsp" ::: "memory", "cc")
#define STEP_OFF() __asm__ volatile("sub $128, %%rsp; pushfq; andq $~0x100, (%%rsp); popfq; add $128, %%rsp" ::: "memory", "cc")

static void step_pause(void) {
  struct timespec time = {0, 50000};
  nanosleep(&time, 0);
}

/* Waits for a condition, for twenty thousand pauses at most: some seconds. Whether it came. */
#define STEP_WAIT(CONDITION) STEP_WAIT_FOR(20000, CONDITION)
#define STEP_WAIT_FOR(PAUSES, CONDITION) ({ int pauses_ = (PAUSES), came_; while (!(came_ = (CONDITION)) && pauses_-- > 0) step_pause(); came_; })
