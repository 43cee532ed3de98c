/* Calls about System V objects and message queues with odd arguments. */
#define _GNU_SOURCE
#include "calls.h"

#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

static const struct call table[] = {
	/* create 01000, exclusive 02000; remove 0, set 1, state 2, information 3 */
	CALL(shmget, "0 0 0600 | 0 -1 0600 | 0x7e57 page 0 | 0x7e57 0 01600 | 0x7e58 page 0 | 0x7e58 8192 0 | 0x7e58 page 03600 | 0x7e58 0x3000 0 | 0x7e58 0x3000 01600"
		     "| 0x7e58 0 0 | 0x7e58 -1 0"),
	CALL(shmat, "shm 0 0 | -1 0 0 | 0x7fffffff 0 0 | shm 1 0 | shm 1 020000 | shm buf 0 | shm buf 040000 | shm buf+1 020000 | shm gone 0 | shm gone 010000 | shm 0 0100000 | shm 0 -1 | shm kernel 0 | shm top 0 | shm 0 040000"
		    "| rdonly 0 0 | rdonly 0 010000 | gonshm 0 0 | shm gone+1 020000"),
	VALUE(shmdt, "0 | 1 | buf | gone | kernel | attached | attached+1 | attached+page"),
	VALUE(shmctl, "shm 1 0 | shm 1 gone | shm 2 0 | shm 2 gone | shm 2 buf | shm 99 buf | shm -1 buf | -1 2 buf | 0x7fffffff 2 buf | 0x7fffffff 0 0 | 0x7fffffff 99 buf | -1 0 0 | shm 11 0 | shm 12 0 | gonshm 2 buf | rdonly 2 buf"
		      "| -1 1 gone | -1 3 gone | -1 14 gone"),
	CALL(semget, "0 0 0600 | 0 -1 0600 | 0 32001 0600 | 0x7e59 1 0 | 0x7e5a 3 0 | 0x7e5a 2 0 | 0x7e5a 0 0 | 0x7e5a 4 0 | 0x7e5a 1 03600 | 0x7e59 0 01600 | 0x7e5a 4 03600 | 0x7e5a -1 0"),
	VALUE(semop, "sem 0 0 | sem 0 1 | sem gone 1 | sem op 0 | sem op 1 | sem op 501 | sem op -1 | -1 op 1 | 0x7fffffff op 1 | sem down 1 | sem downnow 1 | sem zero0 1 | sem big 1 | sem far 1 | sem huge 1 | gonsem op 1 | -1 op 0 | -1 gone 1 | 0x7fffffff op 501 | sem undo 1"
		     "| sem negative 1 | sem odd 1"),
	VALUE(semtimedop, "sem down 1 tsnow | sem down 1 tsbad | sem down 1 tsneg | sem down 1 gone | sem op 1 gone | sem op 1 tsbad | -1 op 1 tsbad | sem op 0 tsbad | sem down 1 tshort"),
	VALUE(semctl, "sem 0 12 0 | sem 3 12 0 | sem -1 12 0 | sem 0 14 0 | sem 0 15 0 | sem 0 16 1 | sem 0 16 -1 | sem 0 16 32768 | sem 3 16 1 | sem 0 13 buf | sem 0 13 gone | sem 0 17 gone | sem 0 17 buf | sem 0 17 ones | sem 0 2 gone | sem 0 2 0"
		      "| sem 0 2 buf | sem 0 99 0 | sem 0 -1 0 | -1 0 12 0 | 0x7fffffff 0 12 0 | 0x7fffffff 0 0 0 | sem 0 1 gone | sem 0 1 0 | gonsem 0 12 0 | -1 0 99 0 | 0x7fffffff 0 99 0 | -1 0 1 gone | -1 0 3 gone | sem 0 16 32767"),
	CALL(msgget, "0x7e5b 0 | 0x7e5c 0 | 0x7e5c 03600 | 0x7e5c 02000 | 0x7e5c 0777"),
	VALUE(msgsnd, "msg 0 0 0 | msg gone 1 0 | msg letter 1 0 | msg letter 0 0 | msg letter -1 0 | msg letter 8193 0 | msg letter MAX 0 | msg untyped 1 0 | msg negtype 1 0 | -1 letter 1 0 | 0x7fffffff letter 1 0 | gonmsg letter 1 0 | msg letter 1 04000 | msg end+-9 8 04000"
		      "| -1 gone 1 0 | 0x7fffffff gone 1 0 | msg gone -1 0 | msg letter 1 -1"),
	VALUE(msgrcv, "msg buf 10 0 04000 | msg buf 0 0 04000 | msg buf 0 0 014000 | msg gone 10 0 04000 | msg buf -1 0 04000 | msg buf 10 5 04000 | msg buf 10 -1 04000 | msg buf 10 7 04000 | msg buf 10 -7 04000 | -1 buf 10 0 04000 | 0x7fffffff buf 10 0 04000 | gonmsg buf 10 0 04000"
		      "| msg buf 10 7 024000 | msg buf 10 8 020000 | msg buf 3 0 04000 | msg buf 3 0 014000 | msg buf MAX 0 04000 | msg buf 10 MIN 04000 | -1 gone -1 0 0 | msg ro 10 0 04000"),
	VALUE(msgctl, "msg 1 gone | msg 1 0 | msg 2 gone | msg 2 buf | msg 99 buf | msg -1 buf | -1 2 buf | 0x7fffffff 2 buf | gonmsg 2 buf | -1 1 gone | -1 3 gone | 0x7fffffff 99 buf"),
	CALL(mq_open, "0 0 0 0 | gone 0 0 0 | mempty 0 0 0 | mmissing 0 0 0 | mmissing 0x40 0600 gone | mmissing 0x40 0600 mbad | mmissing 0x40 0600 mzero | mmissing 0x40 0600 mneg | mmissing 0x40 0600 mbig | mmissing 0x40 0600 mhuge | mslash 0x40 0600 0 | mdot 0x40 0600 0 | mlong 0x40 0600 0"
		      "| mlongest 0 0 0 | mqueue 0xc0 0600 0 | mqueue 0 0 0 | mqueue 2 0 0 | mqueue 3 0 0 | mqueue 0x800 0 0 | mqueue 0x80000 0 0 | mqueue 0x40 0600 mbad"),
	VALUE(mq_unlink, "0 | gone | mmissing | mempty | mslash | mdot | mlong"),
	VALUE(mq_timedsend, "mq letter 1 0 0 | mq gone 1 0 0 | mq letter 9 0 0 | mq letter 0 0 0 | mq letter -1 0 0 | mq letter 1 32768 0 | mq letter 1 32767 0 | mq letter 1 -1 0 | closed letter 1 0 0 | file letter 1 0 0 | mqread letter 1 0 0 | mq letter 1 0 tsbad | mq letter 1 0 gone"
			    "| mqfull letter 1 0 tspast | mqfull letter 1 0 tsbad | mqfull letter 1 0 tsneg | mqfull letter 1 0 0 | closed gone 1 0 tsbad | closed letter 1 99999 0 | path letter 1 0 0 | mq gone 9 0 0 | mqfull gone 1 0 tspast"),
	VALUE(mq_timedreceive, "mq buf 8 0 tspast | mq buf 7 0 0 | mq buf 0 0 0 | mq buf 8 0 tsbad | mq buf 8 0 gone | mq buf 8 0 tsneg | closed buf 8 0 0 | file buf 8 0 0 | mqwrite buf 8 0 0 | mqfull buf 8 0 0 | mqfull gone 8 0 0 | mqfull buf 8 gone 0 | mqfull buf 8 buf+16 0 | mqfull buf 7 0 0"
			       "| mqfull buf 8 0 tsbad | mq buf 8 0 0 | path buf 8 0 0 | mqfull buf -1 0 0 | mq gone 8 0 tspast"),
	VALUE(mq_notify, "mq 0 | mq gone | mq event | mq eventnone | mq eventbadhow | mq eventbadsignal | mq eventzero | closed 0 | closed event | file event | file 0 | closed gone | closed eventbadhow | mqfull event"),
	VALUE(mq_getsetattr, "mq 0 0 | mq 0 buf | mq 0 gone | mq gone 0 | mq mnonblock 0 | mq mnonblock buf | mq mbadflags 0 | closed 0 0 | file 0 0 | closed gone 0 | closed mbadflags 0 | mq mnonblock gone"),
};

struct letter {
	long type;
	char text[8200];
};

struct event {
	long value;
	int signal, how, tid;
};

#define FILLED(type, ...) ({ \
	type *at = (type *)(next += 128); \
	*at = (type){ __VA_ARGS__ }; \
	(long)at; \
})

int main(void)
{
	char *next = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	common();
	int shm = shmget(0x7e58, 2 * PAGE, IPC_CREAT | 0600), read_only = shmget(IPC_PRIVATE, PAGE, 0400);
	int sem = semget(0x7e5a, 3, IPC_CREAT | 0600), msg = msgget(0x7e5c, IPC_CREAT | 0600);
	if (shm < 0 || sem < 0 || msg < 0 || read_only < 0)
		perror("get");
	int gone_shm = shmget(IPC_PRIVATE, PAGE, 0600), gone_sem = semget(IPC_PRIVATE, 1, 0600), gone_msg = msgget(IPC_PRIVATE, 0600);
	shmctl(gone_shm, IPC_RMID, NULL);
	semctl(gone_sem, 0, IPC_RMID);
	msgctl(gone_msg, IPC_RMID, NULL);
	word("shm", shm);
	word("rdonly", read_only);
	word("sem", sem);
	word("msg", msg);
	word("gonshm", gone_shm);
	word("gonsem", gone_sem);
	word("gonmsg", gone_msg);
	word("attached", (long)shmat(shm, NULL, 0));
	word("op", FILLED(struct sembuf, 0, 1, 0));
	word("down", FILLED(struct sembuf, 0, -1, 0));
	word("downnow", FILLED(struct sembuf, 0, -1, IPC_NOWAIT));
	word("zero0", FILLED(struct sembuf, 0, 0, 0));
	word("big", FILLED(struct sembuf, 0, 32767, 0));
	word("huge", FILLED(struct sembuf, 1, -32768, IPC_NOWAIT));
	word("far", FILLED(struct sembuf, 3, 1, 0));
	word("undo", FILLED(struct sembuf, 2, 1, SEM_UNDO));
	word("negative", FILLED(struct sembuf, -1, 1, 0));
	word("odd", FILLED(struct sembuf, 2, 1, 040000));
	word("ones", FILLED(short, -1));
	word("tsnow", FILLED(struct timespec, 0, 0));
	word("tspast", FILLED(struct timespec, 0, 1));
	word("tshort", FILLED(struct timespec, 0, 1000));
	word("tsbad", FILLED(struct timespec, 0, 1000000000));
	word("tsneg", FILLED(struct timespec, -1, 0));
	static struct letter letter = { 7, "text" }, untyped = { 0, "" }, negative = { -1, "" };
	word("letter", (long)&letter);
	word("untyped", (long)&untyped);
	word("negtype", (long)&negative);
	msgsnd(msg, &letter, 4, 0);
	static char longest[5000], long_name[260];
	memset(longest, 'x', sizeof longest - 1);
	memset(long_name, 'x', sizeof long_name - 1);
	word("mempty", (long)"");
	word("mmissing", (long)"calls-missing");
	word("mslash", (long)"calls/slash");
	word("mdot", (long)".");
	word("mlong", (long)long_name);
	word("mlongest", (long)longest);
	word("mqueue", (long)"calls-queue");
	struct mq_attr sizes = { .mq_maxmsg = 2, .mq_msgsize = 8 };
	mq_unlink("/calls-queue");
	int queue = mq_open("/calls-queue", O_RDWR | O_CREAT, 0600, &sizes);
	if (queue < 0)
		perror("mq_open");
	word("mq", queue);
	word("mqread", mq_open("/calls-queue", O_RDONLY));
	word("mqwrite", mq_open("/calls-queue", O_WRONLY));
	mq_unlink("/calls-full");
	int full = mq_open("/calls-full", O_RDWR | O_CREAT, 0600, &sizes);
	word("mqfull", full);
	mq_send(full, "one", 3, 1);
	mq_send(full, "two", 3, 2);
	word("mbad", FILLED(struct mq_attr, .mq_maxmsg = 0, .mq_msgsize = 8));
	word("mzero", FILLED(struct mq_attr, .mq_maxmsg = 1, .mq_msgsize = 0));
	word("mneg", FILLED(struct mq_attr, .mq_maxmsg = -1, .mq_msgsize = 8));
	word("mbig", FILLED(struct mq_attr, .mq_maxmsg = 11, .mq_msgsize = 8));
	word("mhuge", FILLED(struct mq_attr, .mq_maxmsg = 1, .mq_msgsize = 1 << 20));
	word("mnonblock", FILLED(struct mq_attr, .mq_flags = O_NONBLOCK));
	word("mbadflags", FILLED(struct mq_attr, .mq_flags = 1));
	word("event", FILLED(struct event, 0, 10, 0));
	word("eventnone", FILLED(struct event, 0, 0, 1));
	word("eventbadhow", FILLED(struct event, 0, 10, 9));
	word("eventbadsignal", FILLED(struct event, 0, 65, 0));
	word("eventzero", FILLED(struct event, 0, 0, 0));
	calls(table, sizeof table / sizeof *table);
	shmctl(shm, IPC_RMID, NULL);
	shmctl(read_only, IPC_RMID, NULL);
	semctl(sem, 0, IPC_RMID);
	msgctl(msg, IPC_RMID, NULL);
	mq_unlink("/calls-queue");
	mq_unlink("/calls-full");
	return 0;
}
