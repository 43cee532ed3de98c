/* sys/resource.h: POSIX.1. */
#ifndef _SYS_RESOURCE_H
#define _SYS_RESOURCE_H 1
#include <features.h>
/*@ types rlim_t id_t timeval rlimit rusage */
#define RLIM_INFINITY (~0UL)
#define RLIM_SAVED_MAX RLIM_INFINITY
#define RLIM_SAVED_CUR RLIM_INFINITY
#define PRIO_PROCESS 0
#define PRIO_PGRP 1
#define PRIO_USER 2
#define RUSAGE_SELF 0
#define RUSAGE_CHILDREN (-1)
#if __TL_GNU
#define RUSAGE_THREAD 1
#endif
#define RLIMIT_CPU 0
#define RLIMIT_FSIZE 1
#define RLIMIT_DATA 2
#define RLIMIT_STACK 3
#define RLIMIT_CORE 4
#define RLIMIT_RSS 5
#define RLIMIT_NPROC 6
#define RLIMIT_NOFILE 7
#define RLIMIT_MEMLOCK 8
#define RLIMIT_AS 9
#define RLIMIT_LOCKS 10
#define RLIMIT_SIGPENDING 11
#define RLIMIT_MSGQUEUE 12
#define RLIMIT_NICE 13
#define RLIMIT_RTPRIO 14
#define RLIMIT_RTTIME 15
#define RLIM_NLIMITS 16
#define RLIMIT_NLIMITS RLIM_NLIMITS
#define PRIO_MIN (-20)
#define PRIO_MAX 20
#define RLIMIT_OFILE RLIMIT_NOFILE
__BEGIN_DECLS
/*@ functions getpriority getrlimit getrusage setpriority setrlimit */
#if __TL_GNU
#define RLIM64_INFINITY RLIM_INFINITY
#define rlimit64 rlimit
/*@ types rlim64_t pid_t */
/*@ functions prlimit getrlimit64 setrlimit64 prlimit64 */
#endif
__END_DECLS
#endif
