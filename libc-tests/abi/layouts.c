/* expect: not-musl some of its layouts are its own
   Sizes, alignments and offsets of the types in the headers: those of the GNU ABI. */
#define _GNU_SOURCE
#include <stddef.h>
#include <stdio.h>
#include <signal.h>
#include <ucontext.h>
#include <setjmp.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/stat.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <netdb.h>
#include <netinet/in.h>
#include <dirent.h>
#include <termios.h>
#include <spawn.h>
#include <pwd.h>
#include <grp.h>
#include <time.h>
#include <sys/time.h>
#include <sys/statvfs.h>
#include <sys/statfs.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/sysinfo.h>
#include <locale.h>
#include <fenv.h>
#include <glob.h>
#include <regex.h>
#include <wchar.h>
#include <stdlib.h>
#include <link.h>
#include <sched.h>
#include <threads.h>
#include <poll.h>
#include <sys/times.h>
#define S(t) printf(#t " %zu %zu\n", sizeof(t), _Alignof(t));
#define O(t,f) printf(#t "." #f " %zu\n", offsetof(t,f));
int main(void){
S(struct sigaction)
  O(struct sigaction,sa_mask)
  O(struct sigaction,sa_flags)
  S(siginfo_t)
  O(siginfo_t,si_addr)
  O(siginfo_t,si_value)
  O(siginfo_t,si_status)
  O(siginfo_t,si_overrun)
  O(siginfo_t,si_fd)
  O(siginfo_t,si_pkey)
  O(siginfo_t,si_upper)
  S(struct sigevent)
  O(struct sigevent,sigev_notify_function)
  S(stack_t)
  S(ucontext_t)
  O(ucontext_t,uc_mcontext)
  O(ucontext_t,uc_sigmask)
  S(mcontext_t)
  S(jmp_buf)
  S(sigjmp_buf)
S(pthread_t)
  S(pthread_attr_t)
  S(pthread_mutex_t)
  S(pthread_cond_t)
  S(pthread_rwlock_t)
  S(pthread_barrier_t)
  S(pthread_once_t)
  S(pthread_key_t)
  S(pthread_spinlock_t)
  S(pthread_mutexattr_t)
  S(pthread_condattr_t)
  S(pthread_rwlockattr_t)
  S(pthread_barrierattr_t)
  S(sem_t)
  S(mtx_t)
  S(cnd_t)
  S(once_flag)
S(struct stat)
  O(struct stat,st_mtim)
  O(struct stat,st_blocks)
  S(struct msghdr)
  O(struct msghdr,msg_flags)
  S(struct cmsghdr)
  S(struct sockaddr_storage)
  S(struct sockaddr_un)
  S(struct sockaddr_in)
  S(struct sockaddr_in6)
  S(struct addrinfo)
  O(struct addrinfo,ai_next)
  S(struct hostent)
  S(struct servent)
S(struct dirent)
  O(struct dirent,d_name)
  S(struct termios)
  O(struct termios,c_cc)
  O(struct termios,c_ispeed)
  S(posix_spawnattr_t)
  S(posix_spawn_file_actions_t)
  S(struct passwd)
  S(struct group)
  S(struct tm)
  S(struct timeval)
  S(struct itimerval)
  S(struct itimerspec)
  S(struct statvfs)
  O(struct statvfs,f_namemax)
  S(struct statfs)
  O(struct statfs,f_flags)
  S(struct rusage)
  S(struct rlimit)
  S(struct utsname)
  S(struct epoll_event)
  S(struct signalfd_siginfo)
  S(struct sysinfo)
  S(struct lconv)
  S(fenv_t)
  S(fexcept_t)
  S(glob_t)
  O(glob_t,gl_offs)
  S(regex_t)
  O(regex_t,re_nsub)
  S(regmatch_t)
  S(mbstate_t)
  S(div_t)
  S(ldiv_t)
  S(lldiv_t)
  S(struct random_data)
  S(struct drand48_data)
  S(struct dl_phdr_info)
  S(struct sched_param)
  S(cpu_set_t)
  S(struct pollfd)
  S(struct tms)
  S(struct linger)
  S(struct statx)
  S(fd_set)
  S(struct ucred)
  S(struct mmsghdr)
  S(struct timezone)
  S(fpos_t)
  S(sigset_t)
  S(max_align_t)
  S(wint_t)
  S(struct statx_timestamp)
  return 0;
}
