/* The memory of another process (process_vm_readv(2)), what two processes share (kcmp(2)), and who may look. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FILE_KIND, VM_KIND, FILES_KIND, FS_KIND, SIGHAND_KIND };

static const char *name(long result)
{
	static char texts[2][24];
	static int turn;
	if (result == -1)
		return errno == EPERM ? "EPERM" : errno == ESRCH ? "ESRCH" : errno == EFAULT ? "EFAULT" :
		       errno == EINVAL ? "EINVAL" : errno == EBADF ? "EBADF" : strerror(errno);
	snprintf(texts[turn ^= 1], sizeof *texts, "%ld", result);
	return texts[turn];
}
#define SAY(what, result) printf("%s: %s\n", what, name(result))

static long transfer(int writes, pid_t pid, void *local, size_t local_length, void *remote, size_t length)
{
	struct iovec here = { local, local_length }, there = { remote, length };
	return syscall(writes ? SYS_process_vm_writev : SYS_process_vm_readv, pid, &here, 1ul, &there, 1ul, 0ul);
}

static long compare(pid_t one, pid_t two, int kind, unsigned long first, unsigned long second)
{
	long result = syscall(SYS_kcmp, one, two, kind, first, second);
	/* Which of two that differ comes first is chance. */
	return result == 2 ? 1 : result;
}

static pid_t child;
static int go[2], back[2];

static void memory(char *pages)
{
	char bytes[3 * 4096];
	memset(bytes, 0, sizeof bytes);
	SAY("read across pages", transfer(0, child, bytes, 20, pages + 4096 - 10, 20));
	printf("%.20s\n", bytes);
	SAY("read what nobody touched", transfer(0, child, bytes, 8, pages + 2 * 4096, 8));
	SAY("into less room", transfer(0, child, bytes, 5, pages, 100));
	SAY("into more room", transfer(0, child, bytes, 100, pages, 5));
	SAY("up to what may not be read", transfer(0, child, bytes, 4096, pages + 3 * 4096 - 100, 200));
	SAY("from what may not be read", transfer(0, child, bytes, 8, pages + 3 * 4096, 8));
	SAY("from nowhere", transfer(0, child, bytes, 8, (void *)8, 8));
	SAY("from the kernel", transfer(0, child, bytes, 8, (void *)0xffff800000000000, 8));
	SAY("around the end", transfer(0, child, bytes, 8, (void *)-4, 8));
	SAY("to nowhere", transfer(0, child, (void *)8, 8, pages, 8));
	SAY("nothing", transfer(0, child, bytes, 0, pages, 8));
	SAY("nothing of nobody", transfer(0, 999999999, bytes, 0, pages, 8));
	SAY("of nobody", transfer(0, 999999999, bytes, 8, pages, 8));
	SAY("write", transfer(1, child, "written by another", 18, pages + 4096 - 9, 18));
	SAY("write what is read only", transfer(1, child, bytes, 8, pages + 4 * 4096, 8));
	SAY("write to nowhere", transfer(1, child, bytes, 8, (void *)8, 8));
	SAY("from nowhere here", transfer(1, child, (void *)8, 8, pages, 8));
	struct iovec here[3] = { { bytes, 3 }, { bytes + 10, 0 }, { bytes + 20, 7 } };
	struct iovec there[2] = { { pages, 4 }, { pages + 4096, 6 } };
	SAY("several", syscall(SYS_process_vm_readv, child, here, 3ul, there, 2ul, 0ul));
	printf("%.3s %.7s\n", bytes, bytes + 20);
	SAY("a flag", syscall(SYS_process_vm_readv, child, here, 3ul, there, 2ul, 1ul));
	SAY("too many", syscall(SYS_process_vm_readv, child, here, 1025ul, there, 2ul, 0ul));
	SAY("bad vectors", syscall(SYS_process_vm_readv, child, here, 3ul, (void *)8, 2ul, 0ul));
	assert(memcmp(pages + 4096 - 9, "written", 7));
}

static void sameness(int file, int other)
{
	pid_t own = getpid();
	SAY("the same file", compare(own, child, FILE_KIND, file, file));
	SAY("a copy of the descriptor", compare(own, own, FILE_KIND, file, dup(file)));
	SAY("opened again", compare(own, child, FILE_KIND, file, other));
	SAY("no file", compare(own, child, FILE_KIND, file, 999));
	SAY("memory", compare(own, child, VM_KIND, 0, 0));
	SAY("own memory", compare(own, own, VM_KIND, 0, 0));
	SAY("descriptors", compare(own, child, FILES_KIND, 0, 0));
	SAY("directories", compare(own, child, FS_KIND, 0, 0));
	SAY("handlers", compare(own, child, SIGHAND_KIND, 0, 0));
	SAY("an unknown kind", compare(own, child, 99, 0, 0));
	SAY("nobody", compare(own, 999999999, VM_KIND, 0, 0));
}

/* Who has not the rights: another user, and one who hides. */
static void rights(char *pages)
{
	char bytes[8];
	if (getuid() == 0) {
		pid_t nobody = fork();
		if (nobody == 0) {
			assert(setgroups(0, NULL) == 0 && setgid(65534) == 0 && setuid(65534) == 0);
			_exit(transfer(0, child, bytes, 8, pages, 8) == -1 && errno == EPERM
			      && compare(getpid(), child, VM_KIND, 0, 0) == -1 && errno == EPERM ? 0 : 1);
		}
		int status;
		assert(waitpid(nobody, &status, 0) == nobody && status == 0);
		pid_t hidden = fork();
		if (hidden == 0) {
			assert(setpgid(0, 0) == 0 && setgroups(0, NULL) == 0 && setgid(65534) == 0 && setuid(65534) == 0);
			assert(prctl(PR_SET_DUMPABLE, 1) == 0);
			pid_t other = fork();
			if (other == 0) {
				pause();
				_exit(0);
			}
			assert(transfer(0, other, bytes, 8, pages, 8) == 8);
			assert(prctl(PR_SET_DUMPABLE, 0) == 0);
			other = fork();
			if (other == 0) {
				pause();
				_exit(0);
			}
			assert(transfer(0, other, bytes, 8, pages, 8) == -1 && errno == EPERM);
			assert(kill(0, SIGKILL) == 0);
		}
		/* It took its whole group with it. */
		assert(waitpid(hidden, &status, 0) == hidden && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	}
}

int main(void)
{
	char byte, *pages = mmap(NULL, 5 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int file = open("one", O_RDWR | O_CREAT, 0600), other = open("one", O_RDWR);
	assert(pages != MAP_FAILED && file >= 0 && other >= 0 && pipe(go) == 0 && pipe(back) == 0);
	memset(pages, '-', 2 * 4096);
	assert(mprotect(pages + 3 * 4096, 4096, PROT_NONE) == 0 && mprotect(pages + 4 * 4096, 4096, PROT_READ) == 0);
	child = fork();
	if (child == 0) {
		memcpy(pages + 4096 - 10, "the child's own text", 20);
		assert(write(back[1], "x", 1) == 1 && read(go[0], &byte, 1) == 1);
		_exit(memcmp(pages + 4096 - 9, "written by another", 18) ? 1 : 5);
	}
	assert(read(back[0], &byte, 1) == 1);
	memory(pages);
	sameness(file, other);
	rights(pages);
	int status;
	assert(write(go[1], "x", 1) == 1 && waitpid(child, &status, 0) == child);
	printf("the child saw it: %d\n", WEXITSTATUS(status));
	return 0;
}
