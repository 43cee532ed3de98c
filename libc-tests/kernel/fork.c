/* fork: memory is copied on write, files are shared, statuses come back. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int counter = 1;

static int status_of(pid_t pid)
{
	int status;
	if (waitpid(pid, &status, 0) != pid)
		perror("waitpid");
	return status;
}

static void show(const char *what, int status)
{
	if (WIFEXITED(status))
		printf("%s: exited %d\n", what, WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		printf("%s: signal %d\n", what, WTERMSIG(status));
	else
		printf("%s: other %x\n", what, status);
	fflush(stdout);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	char *heap = malloc(100000);
	memset(heap, 'p', 100000);
	int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid = fork();
	if (pid == 0) {
		counter = 42;
		memset(heap, 'c', 100000);
		*shared = 7;
		_exit(counter == 42 && heap[99999] == 'c' ? 3 : 4);
	}
	show("child", status_of(pid));
	printf("counter %d heap %c%c shared %d\n", counter, heap[0], heap[99999], *shared);

	/* A chain of forks, each deeper one seeing the value of its parent. */
	pid = fork();
	if (pid == 0) {
		counter++;
		pid_t inner = fork();
		if (inner == 0) {
			counter++;
			_exit(counter);
		}
		int status = status_of(inner);
		_exit(WEXITSTATUS(status) * 10 + counter);
	}
	show("chain", status_of(pid));
	printf("counter %d\n", counter);

	/* The offset of an open file is shared. */
	char name[] = "/tmp/fork-XXXXXX";
	int fd = mkstemp(name);
	if (write(fd, "abcdef", 6) != 6)
		perror("write");
	lseek(fd, 0, SEEK_SET);
	pid = fork();
	if (pid == 0) {
		char two[2];
		_exit(read(fd, two, 2) == 2 && two[1] == 'b' ? 0 : 1);
	}
	show("reader", status_of(pid));
	printf("offset %d\n", (int)lseek(fd, 0, SEEK_CUR));
	close(fd);
	unlink(name);

	/* Crashes end the child alone. */
	pid = fork();
	if (pid == 0) {
		*(volatile int *)16 = 1;
		_exit(0);
	}
	show("null store", status_of(pid));
	pid = fork();
	if (pid == 0) {
		__asm__ volatile("xor %%ecx, %%ecx; mov $1, %%eax; cdq; idiv %%ecx" ::: "eax", "ecx", "edx");
		_exit(0);
	}
	show("division", status_of(pid));
	pid = fork();
	if (pid == 0) {
		__asm__ volatile("ud2");
		_exit(0);
	}
	show("ud2", status_of(pid));
	pid = fork();
	if (pid == 0) {
		__asm__ volatile("hlt");
		_exit(0);
	}
	show("hlt", status_of(pid));
	pid = fork();
	if (pid == 0) {
		((void (*)(void))heap)();
		_exit(0);
	}
	show("jump to data", status_of(pid));
	pid = fork();
	if (pid == 0) {
		*(volatile char *)main = 0;
		_exit(0);
	}
	show("store to text", status_of(pid));
	pid = fork();
	if (pid == 0)
		abort();
	show("abort", status_of(pid));

	/* Many children, reaped in any order. */
	int sum = 0;
	for (int i = 0; i < 20; i++) {
		if (fork() == 0)
			_exit(i);
	}
	for (int i = 0; i < 20; i++) {
		int status;
		if (wait(&status) < 0)
			perror("wait");
		sum += WEXITSTATUS(status);
	}
	printf("sum %d\n", sum);
	int status;
	int none = wait(&status);
	printf("no child: %d %s\n", none, errno == ECHILD ? "ECHILD" : "other");
	printf("WNOHANG without children: %d\n", waitpid(-1, &status, WNOHANG));
	return 0;
}
