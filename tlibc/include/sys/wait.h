/* sys/wait.h: POSIX.1. */
#ifndef _SYS_WAIT_H
#define _SYS_WAIT_H 1
#include <features.h>
/*@ types pid_t id_t idtype_t siginfo_t */
#include <signal.h>
#ifndef WNOHANG
#define WNOHANG 1
#define WUNTRACED 2
#define WEXITSTATUS(status) (((status) & 0xff00) >> 8)
#define WTERMSIG(status) ((status) & 0x7f)
#define WSTOPSIG(status) WEXITSTATUS(status)
#define WIFEXITED(status) (WTERMSIG(status) == 0)
#define WIFSIGNALED(status) (((signed char)(((status) & 0x7f) + 1) >> 1) > 0)
#define WIFSTOPPED(status) (((status) & 0xff) == 0x7f)
#endif
#define WSTOPPED 2
#define WEXITED 4
#define WCONTINUED 8
#define WNOWAIT 0x01000000
#define WIFCONTINUED(status) ((status) == 0xffff)
#if __TL_MISC
#define WCOREDUMP(status) ((status) & 0x80)
#define WCOREFLAG 0x80
#define W_EXITCODE(code, signal) ((code) << 8 | (signal))
#define W_STOPCODE(signal) ((signal) << 8 | 0x7f)
#define WAIT_ANY (-1)
#define WAIT_MYPGRP 0
#define __WNOTHREAD 0x20000000
#define __WALL 0x40000000
#define __WCLONE 0x80000000
#endif
__BEGIN_DECLS
/*@ functions wait waitpid */
#if __TL_POSIX >= 200809L || __TL_XSI
/*@ functions waitid */
#endif
#if __TL_MISC
struct rusage;
/*@ functions wait3 wait4 */
#endif
__END_DECLS
#endif
