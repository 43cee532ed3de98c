/* signal.h: ISO C 7.14, POSIX.1. */
#ifndef _SIGNAL_H
#define _SIGNAL_H 1
#include <features.h>
/*@ types sig_atomic_t */
#define SIGHUP 1
#define SIGINT 2
#define SIGQUIT 3
#define SIGILL 4
#define SIGTRAP 5
#define SIGABRT 6
#define SIGIOT 6
#define SIGBUS 7
#define SIGFPE 8
#define SIGKILL 9
#define SIGUSR1 10
#define SIGSEGV 11
#define SIGUSR2 12
#define SIGPIPE 13
#define SIGALRM 14
#define SIGTERM 15
#define SIGSTKFLT 16
#define SIGCHLD 17
#define SIGCLD 17
#define SIGCONT 18
#define SIGSTOP 19
#define SIGTSTP 20
#define SIGTTIN 21
#define SIGTTOU 22
#define SIGURG 23
#define SIGXCPU 24
#define SIGXFSZ 25
#define SIGVTALRM 26
#define SIGPROF 27
#define SIGWINCH 28
#define SIGIO 29
#define SIGPOLL 29
#define SIGPWR 30
#define SIGSYS 31
#define _NSIG 65
#define SIG_ERR ((void (*)(int))-1)
#define SIG_DFL ((void (*)(int))0)
#define SIG_IGN ((void (*)(int))1)
__BEGIN_DECLS
/*@ functions signal raise */
#if __TL_POSIX
/*@ types size_t pid_t uid_t time_t timespec pthread_t pthread_attr_t sigset_t sigval siginfo_t sigevent
stack_t sigaction */
#define SIG_HOLD ((void (*)(int))2)
#define sa_handler __handler.sa_handler
#define sa_sigaction __handler.sa_sigaction
#define si_pid __fields.__sender.__pid
#define si_uid __fields.__sender.__uid
#define si_status __fields.__sender.__u.__child.__status
#define si_utime __fields.__sender.__u.__child.__utime
#define si_stime __fields.__sender.__u.__child.__stime
#define si_value __fields.__sender.__u.__value
#define si_int __fields.__sender.__u.__value.sival_int
#define si_ptr __fields.__sender.__u.__value.sival_ptr
#define si_timerid __fields.__timer.__timerid
#define si_overrun __fields.__timer.__overrun
#define si_addr __fields.__fault.__addr
#define si_addr_lsb __fields.__fault.__addr_lsb
#define si_lower __fields.__fault.__bounds.__range.__lower
#define si_upper __fields.__fault.__bounds.__range.__upper
#define si_pkey __fields.__fault.__bounds.__pkey
#define si_band __fields.__poll.__band
#define si_fd __fields.__poll.__fd
#define si_call_addr __fields.__sys.__call_addr
#define si_syscall __fields.__sys.__syscall
#define si_arch __fields.__sys.__arch
#define sigev_notify_function __sigev_un.__notify.__function
#define sigev_notify_attributes __sigev_un.__notify.__attributes
#define sigev_notify_thread_id __sigev_un.__tid
#define SIGEV_SIGNAL 0
#define SIGEV_NONE 1
#define SIGEV_THREAD 2
#define SIGEV_THREAD_ID 4
#define SIG_BLOCK 0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2
#define SA_NOCLDSTOP 1
#define SA_NOCLDWAIT 2
#define SA_SIGINFO 4
#define SA_ONSTACK 0x08000000
#define SA_RESTART 0x10000000
#define SA_NODEFER 0x40000000
#define SA_RESETHAND 0x80000000
#if __TL_MISC
#define SA_RESTORER 0x04000000
#define SA_INTERRUPT 0x20000000
#define SA_NOMASK SA_NODEFER
#define SA_ONESHOT SA_RESETHAND
#define SA_STACK SA_ONSTACK
#endif
#define SS_ONSTACK 1
#define SS_DISABLE 2
#define MINSIGSTKSZ 2048
#define SIGSTKSZ 8192
#define SI_USER 0
#define SI_KERNEL 128
#define SI_QUEUE (-1)
#define SI_TIMER (-2)
#define SI_MESGQ (-3)
#define SI_ASYNCIO (-4)
#define SI_SIGIO (-5)
#define SI_TKILL (-6)
#define SI_ASYNCNL (-60)
#define ILL_ILLOPC 1
#define ILL_ILLOPN 2
#define ILL_ILLADR 3
#define ILL_ILLTRP 4
#define ILL_PRVOPC 5
#define ILL_PRVREG 6
#define ILL_COPROC 7
#define ILL_BADSTK 8
#define FPE_INTDIV 1
#define FPE_INTOVF 2
#define FPE_FLTDIV 3
#define FPE_FLTOVF 4
#define FPE_FLTUND 5
#define FPE_FLTRES 6
#define FPE_FLTINV 7
#define FPE_FLTSUB 8
#define SEGV_MAPERR 1
#define SEGV_ACCERR 2
#define SEGV_BNDERR 3
#define SEGV_PKUERR 4
#define SEGV_ACCADI 5
#define SEGV_ADIDERR 6
#define SEGV_ADIPERR 7
#define SEGV_MTEAERR 8
#define SEGV_MTESERR 9
#define BUS_ADRALN 1
#define BUS_ADRERR 2
#define BUS_OBJERR 3
#define BUS_MCEERR_AR 4
#define BUS_MCEERR_AO 5
#define TRAP_BRKPT 1
#define TRAP_TRACE 2
#define TRAP_BRANCH 3
#define TRAP_HWBKPT 4
#define TRAP_UNK 5
#define CLD_EXITED 1
#define CLD_KILLED 2
#define CLD_DUMPED 3
#define CLD_TRAPPED 4
#define CLD_STOPPED 5
#define CLD_CONTINUED 6
#define POLL_IN 1
#define POLL_OUT 2
#define POLL_MSG 3
#define POLL_ERR 4
#define POLL_PRI 5
#define POLL_HUP 6
/*@ functions kill sigaction sigaddset sigdelset sigemptyset sigfillset sigismember sigpending
sigprocmask sigsuspend sigwait sigqueue sigtimedwait sigwaitinfo pthread_kill pthread_sigmask
__libc_current_sigrtmin __libc_current_sigrtmax */
#define SIGRTMIN (__libc_current_sigrtmin())
#define SIGRTMAX (__libc_current_sigrtmax())
#endif
#if __TL_POSIX >= 200809L || __TL_MISC
/*@ functions psiginfo psignal */
#endif
#if __TL_XSI || __TL_MISC
/*@ functions killpg sigaltstack siginterrupt */
/*@ types ucontext_t sigstack */
/*@ functions sighold sigignore sigrelse sigset */
int sigpause(int __signal) __asm__("__xpg_sigpause");
#if __TL_XSI && __TL_XSI < 700
void (*bsd_signal(int __signal, void (*__handler)(int)))(int);
#endif
#endif
#if __TL_POSIX >= 202405L || __TL_GNU
#define SIG2STR_MAX 17
/*@ functions sig2str str2sig */
#endif
#if __TL_MISC
#define NSIG _NSIG
void (*ssignal(int __signal, void (*__handler)(int)))(int);
int gsignal(int __signal);
typedef void (*sig_t)(int);
/*@ types sigcontext */
#define sigmask(signal) ((int)(1u << ((signal) - 1)))
/*@ functions sigblock sigsetmask siggetmask */
#endif
#if __TL_GNU
typedef void (*sighandler_t)(int);
typedef void (*__sighandler_t)(int);
/*@ types pthread_t */
/*@ functions pthread_sigqueue sigisemptyset sigandset sigorset tgkill sysv_signal */
enum {
  REG_R8 = 0,
  REG_R9 = 1,
  REG_R10 = 2,
  REG_R11 = 3,
  REG_R12 = 4,
  REG_R13 = 5,
  REG_R14 = 6,
  REG_R15 = 7,
  REG_RDI = 8,
  REG_RSI = 9,
  REG_RBP = 10,
  REG_RBX = 11,
  REG_RDX = 12,
  REG_RAX = 13,
  REG_RCX = 14,
  REG_RSP = 15,
  REG_RIP = 16,
  REG_EFL = 17,
  REG_CSGSFS = 18,
  REG_ERR = 19,
  REG_TRAPNO = 20,
  REG_OLDMASK = 21,
  REG_CR2 = 22
};
#define REG_R8 REG_R8
#define REG_R9 REG_R9
#define REG_R10 REG_R10
#define REG_R11 REG_R11
#define REG_R12 REG_R12
#define REG_R13 REG_R13
#define REG_R14 REG_R14
#define REG_R15 REG_R15
#define REG_RDI REG_RDI
#define REG_RSI REG_RSI
#define REG_RBP REG_RBP
#define REG_RBX REG_RBX
#define REG_RDX REG_RDX
#define REG_RAX REG_RAX
#define REG_RCX REG_RCX
#define REG_RSP REG_RSP
#define REG_RIP REG_RIP
#define REG_EFL REG_EFL
#define REG_CSGSFS REG_CSGSFS
#define REG_ERR REG_ERR
#define REG_TRAPNO REG_TRAPNO
#define REG_OLDMASK REG_OLDMASK
#define REG_CR2 REG_CR2
#endif
__END_DECLS
#endif
