/* kill(2) of a process group misses no member: a fork(2) that is under way is told, too, or its child is found. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 40
#define GENERATIONS 100

static struct shared {
	atomic_int generation;
	atomic_int sent;
	atomic_int escaped;
} *shared;

/* Each makes the next and ends. */
static void chain(void)
{
	while (atomic_fetch_add(&shared->generation, 1) < GENERATIONS) {
		int sent = shared->sent;
		/* Not by a library that blocks signals meanwhile. */
		pid_t child = syscall(SYS_fork);
		assert(child >= 0);
		if (child > 0)
			_exit(0);
		if (sent)
			shared->escaped++;
	}
	_exit(0);
}

int main(void)
{
	assert(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert(shared != MAP_FAILED);
	for (int round = 0; round < ROUNDS; round++) {
		shared->generation = shared->sent = 0;
		pid_t first = fork();
		assert(first >= 0);
		if (first == 0) {
			setpgid(0, 0);
			chain();
		}
		/* Not yet reaped: the group is there as long as the first, of which it has the number. */
		while (shared->generation < 2 + round / 4)
			sched_yield();
		assert(kill(-first, round % 2 ? SIGKILL : SIGTERM) == 0);
		shared->sent = 1;
		while (waitpid(-1, NULL, 0) > 0)
			;
		assert(errno == ECHILD);
		/* The number may serve another by now, but not as a group's. */
		assert(kill(-first, 0) == -1 && errno == ESRCH);
	}
	printf("%d escaped\n", (int)shared->escaped);
	return shared->escaped != 0;
}
