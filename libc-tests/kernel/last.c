/* exit(2) of a process's last thread just after that of another, which may be still on its way: the last one's status is the process's. */
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void *thread(void *argument)
{
	return argument;
}

int main(void)
{
	int wrong = 0;
	for (int round = 0; round < 200; round++) {
		pid_t child = fork();
		assert(child >= 0);
		if (child == 0) {
			pthread_t other;
			assert(!pthread_create(&other, NULL, thread, NULL) && !pthread_join(other, NULL));
			syscall(SYS_exit, 7);
		}
		int status;
		assert(waitpid(child, &status, 0) == child);
		wrong += !WIFEXITED(status) || WEXITSTATUS(status) != 7;
	}
	printf("%d wrong\n", wrong);
	return wrong != 0;
}
