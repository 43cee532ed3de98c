/* Descriptors of processes, and what prctl, clone3 and the scheduler's calls say of a process. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIDFD_OPEN 434
#define PIDFD_SEND_SIGNAL 424
#define CLONE3 435

static int error(long result)
{
	return result == -1 ? errno : 0;
}

int main(void)
{
	struct pollfd poll_fd;
	siginfo_t info;
	pid_t child;
	int fd, status;
	uint64_t args[11];
	struct sched_param param;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		pause();
		_exit(0);
	}
	fd = syscall(PIDFD_OPEN, child, 0);
	printf("open %d cloexec %d\n", fd >= 0, fcntl(fd, F_GETFD));
	poll_fd.fd = fd;
	poll_fd.events = POLLIN;
	printf("poll alive %d\n", poll(&poll_fd, 1, 0));
	printf("signal 0: %ld\n", syscall(PIDFD_SEND_SIGNAL, fd, 0, NULL, 0));
	printf("flags: %d\n", error(syscall(PIDFD_SEND_SIGNAL, fd, 0, NULL, 77)) == EINVAL);
	printf("kill: %ld\n", syscall(PIDFD_SEND_SIGNAL, fd, SIGTERM, NULL, 0));
	printf("poll dead %d", poll(&poll_fd, 1, 5000));
	printf(" %d\n", poll_fd.revents == POLLIN);
	printf("to a zombie %ld %ld\n", syscall(PIDFD_SEND_SIGNAL, fd, 0, NULL, 0), syscall(PIDFD_SEND_SIGNAL, fd, SIGUSR1, NULL, 0));
	memset(&info, 0, sizeof info);
	printf("wait %ld", syscall(SYS_waitid, 3 /* P_PIDFD */, fd, &info, WEXITED, NULL));
	printf(" %d %d\n", info.si_pid == child, info.si_status);
	printf("waited for %d\n", error(syscall(SYS_waitid, 3, fd, &info, WEXITED, NULL)) == ECHILD);
	printf("gone %d\n", error(syscall(PIDFD_SEND_SIGNAL, fd, 0, NULL, 0)) == ESRCH);
	close(fd);
	printf("no process %d", error(syscall(PIDFD_OPEN, 999999999, 0)) == ESRCH);
	printf(" bad flags %d", error(syscall(PIDFD_OPEN, getpid(), 77)) == EINVAL);
	printf(" bad pid %d", error(syscall(PIDFD_OPEN, 0, 0)) == EINVAL);
	printf(" no pidfd %d\n", error(syscall(PIDFD_SEND_SIGNAL, 1, 0, NULL, 0)) == EBADF);

	/* clone3 with a pidfd that may not block. */
	fd = -1;
	memset(args, 0, sizeof args);
	args[0] = 0x1000; /* CLONE_PIDFD */
	args[1] = (uintptr_t)&fd;
	args[4] = SIGCHLD;
	child = syscall(CLONE3, args, 88);
	if (child == 0)
		_exit(9);
	printf("clone3 %d fd %d", child > 0, fd >= 0);
	printf(" wait %ld", syscall(SYS_waitid, 3, fd, &info, WEXITED, NULL));
	printf(" status %d\n", info.si_status);
	close(fd);
	args[0] = 0x20000; /* CLONE_NEWNS, as nobody would without meaning it */
	args[8] = 1;
	printf("set_tid %d\n", error(syscall(CLONE3, args, 88)) == EINVAL);

	/* prctl. */
	char name[17] = "";
	prctl(PR_SET_NAME, "a name that is too long");
	prctl(PR_GET_NAME, name);
	printf("name %s\n", name);
	printf("dumpable %d", prctl(PR_GET_DUMPABLE));
	printf(" %d %d", prctl(PR_SET_DUMPABLE, 0), prctl(PR_GET_DUMPABLE));
	printf(" %d\n", error(prctl(PR_SET_DUMPABLE, 7)) == EINVAL);
	printf("new privileges %d", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	printf(" %d", error(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0)) == EINVAL);
	printf(" %d %d\n", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	printf("slack %d", prctl(PR_SET_TIMERSLACK, 1234));
	printf(" %d\n", prctl(PR_GET_TIMERSLACK));
	printf("unknown %d\n", error(prctl(12345)) == EINVAL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_GET_CHILD_SUBREAPER, &status);
	printf("subreaper %d\n", status);
	fflush(stdout);
	if (fork() == 0) {
		if (fork() == 0) {
			while (getppid() != 1 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
				_exit(5);
			_exit(6);
		}
		_exit(0);
	}
	wait(&status);
	wait(&status);
	printf("grandchild %d\n", WEXITSTATUS(status));

	/* Scheduling as an ordinary thread sees it. */
	printf("policy %ld", syscall(SYS_sched_getscheduler, 0));
	printf(" range %d %d", sched_get_priority_min(SCHED_FIFO), sched_get_priority_max(SCHED_RR));
	printf(" %d", sched_get_priority_max(SCHED_OTHER));
	printf(" %d\n", error(sched_get_priority_max(99)) == EINVAL);
	param.sched_priority = 1;
	printf("other with priority %d\n", error(syscall(SYS_sched_setscheduler, 0, SCHED_OTHER, &param)) == EINVAL);
	param.sched_priority = 0;
	printf("batch %ld", syscall(SYS_sched_setscheduler, 0, SCHED_BATCH, &param));
	printf(" %ld\n", syscall(SYS_sched_getscheduler, 0));
	printf("param %ld", syscall(SYS_sched_getparam, 0, &param));
	printf(" %d\n", error(syscall(SYS_sched_getparam, 0, NULL)) == EINVAL);
	printf("nice %d", setpriority(PRIO_PROCESS, 0, 5));
	printf(" %d", getpriority(PRIO_PROCESS, 0));
	printf(" %d", setpriority(PRIO_PROCESS, 0, 100));
	printf(" %d", getpriority(PRIO_PROCESS, 0));
	printf(" %d\n", error(setpriority(9, 0, 0)) == EINVAL);
	fflush(stdout);
	if (fork() == 0)
		_exit(getpriority(PRIO_PROCESS, 0));
	wait(&status);
	printf("inherited %d\n", WEXITSTATUS(status));

	/* Locking memory. */
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned char core[2] = {0, 0};
	printf("mlock %d", mlock(page + 100, 4096));
	mincore(page, 8192, core);
	printf(" in core %d%d", core[0] & 1, core[1] & 1);
	printf(" dontneed %d", error(madvise(page, 4096, MADV_DONTNEED)) == EINVAL);
	printf(" invalidate %d", error(msync(page, 4096, MS_SYNC | MS_INVALIDATE)) == EBUSY);
	printf(" munlock %d", munlock(page, 8192));
	printf(" dontneed %d\n", madvise(page, 4096, MADV_DONTNEED));
	munmap(page + 4096, 4096);
	printf("hole %d", error(mlock(page, 8192)) == ENOMEM);
	printf(" mlockall %d", error(mlockall(0)) == EINVAL);
	printf(" munlockall %d\n", munlockall());
	return 0;
}
