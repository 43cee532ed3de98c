/* sched.h: POSIX.1. */
#ifndef _SCHED_H
#define _SCHED_H 1
#include <features.h>
/*@ types size_t pid_t time_t timespec sched_param */
#define SCHED_OTHER 0
#define SCHED_FIFO 1
#define SCHED_RR 2
#if __TL_GNU
#define SCHED_BATCH 3
#define SCHED_IDLE 5
#define SCHED_DEADLINE 6
#define SCHED_RESET_ON_FORK 0x40000000
#define CSIGNAL 0xff
#define CLONE_VM 0x100
#define CLONE_FS 0x200
#define CLONE_FILES 0x400
#define CLONE_SIGHAND 0x800
#define CLONE_PIDFD 0x1000
#define CLONE_PTRACE 0x2000
#define CLONE_VFORK 0x4000
#define CLONE_PARENT 0x8000
#define CLONE_THREAD 0x10000
#define CLONE_NEWNS 0x20000
#define CLONE_SYSVSEM 0x40000
#define CLONE_SETTLS 0x80000
#define CLONE_PARENT_SETTID 0x100000
#define CLONE_CHILD_CLEARTID 0x200000
#define CLONE_UNTRACED 0x800000
#define CLONE_CHILD_SETTID 0x1000000
#define CLONE_NEWCGROUP 0x2000000
#define CLONE_NEWUTS 0x4000000
#define CLONE_NEWIPC 0x8000000
#define CLONE_NEWUSER 0x10000000
#define CLONE_NEWPID 0x20000000
#define CLONE_NEWNET 0x40000000
#define CLONE_IO 0x80000000
/*@ types cpu_set_t */
#define CPU_SETSIZE 1024
#define __tl_cpu_word(cpu, size, set) (((unsigned long *)(set))[(size_t)(cpu) / 64])
#define CPU_SET_S(cpu, size, set) \
  ((size_t)(cpu) / 8 >= (size) ? 0 : (__tl_cpu_word(cpu, size, set) |= 1UL << ((size_t)(cpu) % 64)))
#define CPU_CLR_S(cpu, size, set) \
  ((size_t)(cpu) / 8 >= (size) ? 0 : (__tl_cpu_word(cpu, size, set) &= ~(1UL << ((size_t)(cpu) % 64))))
#define CPU_ISSET_S(cpu, size, set) \
  ((size_t)(cpu) / 8 >= (size) ? 0 : (int)(__tl_cpu_word(cpu, size, set) >> ((size_t)(cpu) % 64) & 1))
#define CPU_ZERO_S(size, set) ((void)__builtin_memset((set), 0, (size)))
#define CPU_EQUAL_S(size, a, b) (__builtin_memcmp((a), (b), (size)) == 0)
#define CPU_COUNT_S(size, set) __sched_cpucount((size), (set))
#define CPU_SET(cpu, set) CPU_SET_S(cpu, sizeof(cpu_set_t), set)
#define CPU_CLR(cpu, set) CPU_CLR_S(cpu, sizeof(cpu_set_t), set)
#define CPU_ISSET(cpu, set) CPU_ISSET_S(cpu, sizeof(cpu_set_t), set)
#define CPU_ZERO(set) CPU_ZERO_S(sizeof(cpu_set_t), set)
#define CPU_EQUAL(a, b) CPU_EQUAL_S(sizeof(cpu_set_t), a, b)
#define CPU_COUNT(set) CPU_COUNT_S(sizeof(cpu_set_t), set)
#define __tl_cpu_combine(size, to, a, operator, b) \
  do { \
    size_t __word; \
    for (__word = 0; __word < (size) / sizeof(unsigned long); __word++) \
      ((unsigned long *)(to))[__word] = \
        ((const unsigned long *)(a))[__word] operator ((const unsigned long *)(b))[__word]; \
  } while (0)
#define CPU_AND_S(size, to, a, b) __tl_cpu_combine(size, to, a, &, b)
#define CPU_OR_S(size, to, a, b) __tl_cpu_combine(size, to, a, |, b)
#define CPU_XOR_S(size, to, a, b) __tl_cpu_combine(size, to, a, ^, b)
#define CPU_AND(to, a, b) CPU_AND_S(sizeof(cpu_set_t), to, a, b)
#define CPU_OR(to, a, b) CPU_OR_S(sizeof(cpu_set_t), to, a, b)
#define CPU_XOR(to, a, b) CPU_XOR_S(sizeof(cpu_set_t), to, a, b)
#define CPU_ALLOC(count) __sched_cpualloc(count)
#define CPU_FREE(set) __sched_cpufree(set)
#define CPU_ALLOC_SIZE(count) ((((size_t)(count) + 63) / 64) * 8)
#endif
#if __TL_MISC
#define CLONE_NEWTIME 0x80
#define CLONE_DETACHED 0x400000
#endif
__BEGIN_DECLS
/*@ functions sched_get_priority_max sched_get_priority_min sched_getparam sched_getscheduler
sched_rr_get_interval sched_setparam sched_setscheduler sched_yield */
#if __TL_GNU
/*@ functions unshare setns sched_getcpu getcpu sched_getaffinity sched_setaffinity
__sched_cpucount __sched_cpualloc __sched_cpufree */
#endif
__END_DECLS
#endif
