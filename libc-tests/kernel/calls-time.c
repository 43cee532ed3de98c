/* Calls about clocks, timers and sleep with odd arguments. */
#define _GNU_SOURCE
#include "calls.h"

static const struct call table[] = {
	VALUE(clock_gettime, "0 0 | 0 gone | 0 buf | 1 buf | 2 buf | 3 buf | 4 buf | 5 buf | 6 buf | 7 buf | 11 buf | 12 buf | 16 buf | 100 buf | -1 buf | -2 buf | -3 buf | -4 buf | -6 buf"
			     "| -5 buf | -8 buf | IMIN buf | IMAX buf | 99 gone | 0 ro | notcpu buf | otherthread buf | HIGH buf | selfcpu buf | selfthread buf | selfbad buf"),
	VALUE(clock_getres, "0 0 | 0 gone | 0 buf | 1 0 | 2 0 | 3 0 | 4 0 | 5 0 | 6 0 | 7 0 | 10 0 | 11 0 | 12 0 | 16 0 | -1 0 | -2 0 | -3 0 | -4 0 | -6 0 | -8 0 | IMAX 0 | 99 gone | 0 ro | notcpu 0"),
	VALUE(clock_settime, "0 0 | 0 gone | 0 good | 0 bad | 0 neg | 1 good | 2 good | 3 good | 4 good | 5 good | 6 good | 7 good | 11 good | 99 good | -1 good | -2 good | -6 good | 1 gone | 99 gone | 1 bad | notcpu good"),
	VALUE(clock_nanosleep, "0 0 0 0 | 0 0 gone 0 | 0 0 tszero 0 | 0 0 bad 0 | 0 0 neg 0 | 0 0 badneg 0 | 0 1 tszero 0 | 0 1 bad 0 | 0 1 neg 0 | 1 0 tszero 0 | 2 0 tszero 0 | 3 0 tszero 0"
			       "| 4 0 tszero 0 | 5 0 tszero 0 | 6 0 tszero 0 | 7 0 tszero 0 | 11 0 tszero 0 | 99 0 tszero 0 | -1 0 tszero 0 | -2 0 tszero 0 | -6 0 tszero 0 | notcpu 0 tszero 0 | 99 0 gone 0 | 99 0 bad 0 | 3 0 bad 0 | 4 0 bad 0 | 4 0 gone 0"
			       "| 1 0 short gone | 1 1 tszero gone | 2 1 tszero 0 | -8 0 tszero 0 | 99 9 tszero 0"),
	VALUE(nanosleep, "0 0 | gone 0 | tszero 0 | tszero gone | bad 0 | neg 0 | badneg 0 | short gone | short 0 | ro 0 | kernel 0"),
	VALUE(gettimeofday, "0 0 | buf 0 | 0 buf | gone 0 | 0 gone | buf gone | ro 0 | 0 ro"),
	VALUE(settimeofday, "good 0 | gone 0 | 0 gone | bad6 0 | 0 0 | neg 0"),
	CALL(time, "0 | buf | gone | ro | kernel"),
	VALUE(timer_create, "0 0 0 | 0 0 buf | 1 0 buf | 2 0 buf | 3 0 buf | 4 0 buf | 5 0 buf | 6 0 buf | 7 0 buf | 11 0 buf | 12 0 buf | 99 0 buf | -1 0 buf | -2 0 buf | -6 0 buf | 0 0 gone | 0 gone buf"
			    "| 0 none buf | 0 esignal buf | 0 enone buf | 0 ethread buf | 0 etid buf | 0 etidself buf | 0 etidbad buf | 0 ebadsignal buf | 0 ezerosignal buf | 0 ebadhow buf | 0 esignal gone | 99 gone buf | 99 ebadhow buf"
			    "| notcpu 0 buf | 0 enonebad buf | 0 enegative buf | 0 etidself ro | 0 ekill buf"),
	VALUE(timer_settime, "999 0 set 0 | -1 0 set 0 | 999 0 0 0 | 999 0 gone 0 | 999 0 setbad 0 | 0 0 set 0 | 0 0 set gone | 0 0 setbad 0 | 0 0 setneg 0 | 0 0 setbadint 0 | 0 0 gone 0 | 0 0 0 0 | 0 2 0 0"
			     "| 0 1 setneg 0 | 999 2 set 0 | 0 0 set buf | 0 0 set ro | HIGH 0 set 0 | 0 0 setlong buf"),
	VALUE(timer_gettime, "999 buf | -1 buf | 0 buf | 0 gone | 0 0 | 999 gone | 0 ro"),
	VALUE(timer_getoverrun, "999 | -1 | 0 | HIGH"),
	VALUE(timer_delete, "999 | -1 | 0 | HIGH"),
	CALL(timerfd_create, "0 0 | 1 0 | 2 0 | 3 0 | 4 0 | 5 0 | 6 0 | 7 0 | 11 0 | 99 0 | -1 0 | 0 1 | 0 0x800 | 0 0x80000 | 0 0x80801 | 0 -1 | 99 1"),
	VALUE(timerfd_settime, "tfd 0 set 0 | tfd 1 set 0 | tfd 2 set 0 | tfd 3 set 0 | tfd 4 set 0 | tfd -1 set 0 | tfd 0 0 0 | tfd 0 gone 0 | tfd 0 setbad 0 | tfd 0 setneg 0 | tfd 0 setbadint 0 | closed 0 set 0 | file 0 set 0"
			       "| closed 4 set 0 | closed 0 gone 0 | closed 0 setbad 0 | tfd 0 set gone | tfd 0 set ro | tfd 1 setneg 0 | path 0 set 0 | tfd 4 gone 0 | file 4 set 0"),
	VALUE(timerfd_gettime, "tfd buf | tfd gone | tfd 0 | closed buf | file buf | closed gone | file gone | tfd ro"),
};

static void with_timer(void)
{
	int id;
	/* The first of the process: number 0. */
	syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, &id);
}

#define FILLED(type, ...) ({ \
	type *at = (type *)(next += 256); \
	*at = (type){ __VA_ARGS__ }; \
	(long)at; \
})

struct event {
	long value;
	int signal, how, tid;
};

int main(void)
{
	char *next = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	common();
	prepare = with_timer;
	word("notcpu", (~0x3fffffl << 3 | 2) & 0xffffffff);
	word("otherthread", (~0x3fffffl << 3 | 6) & 0xffffffff);
	word("selfcpu", (~(long)getpid() << 3 | 2) & 0xffffffff);
	word("selfthread", (~(long)getpid() << 3 | 6) & 0xffffffff);
	word("selfbad", (~(long)getpid() << 3 | 3) & 0xffffffff);
	word("good", FILLED(struct timespec, 1000000000, 0));
	word("tszero", FILLED(struct timespec, 0, 0));
	word("short", FILLED(struct timespec, 0, 1000));
	word("bad", FILLED(struct timespec, 0, 1000000000));
	word("bad6", FILLED(struct timespec, 0, 1000000));
	word("neg", FILLED(struct timespec, -1, 0));
	word("badneg", FILLED(struct timespec, 0, -1));
	word("esignal", FILLED(struct event, 0, 10, 0));
	word("enone", FILLED(struct event, 0, 0, 1));
	word("enonebad", FILLED(struct event, 0, 65, 1));
	word("ethread", FILLED(struct event, 0, 10, 2));
	word("etid", FILLED(struct event, 0, 10, 4, 0));
	word("etidbad", FILLED(struct event, 0, 10, 4, 0x3fffffff));
	word("etidself", FILLED(struct event, 0, 10, 4, getpid()));
	word("ebadsignal", FILLED(struct event, 0, 65, 0));
	word("ezerosignal", FILLED(struct event, 0, 0, 0));
	word("enegative", FILLED(struct event, 0, -1, 0));
	word("ekill", FILLED(struct event, 0, 9, 0));
	word("ebadhow", FILLED(struct event, 0, 10, 3));
	word("set", FILLED(struct itimerspec, { 0, 0 }, { 100, 0 }));
	word("setbad", FILLED(struct itimerspec, { 0, 0 }, { 0, 1000000000 }));
	word("setneg", FILLED(struct itimerspec, { 0, 0 }, { -1, 0 }));
	word("setbadint", FILLED(struct itimerspec, { 0, 1000000000 }, { 0, 0 }));
	word("setlong", FILLED(struct itimerspec, { 0, 0 }, { 0x7fffffffffffffff, 999999999 }));
	word("tfd", syscall(SYS_timerfd_create, CLOCK_MONOTONIC, 0));
	calls(table, sizeof table / sizeof *table);
	return 0;
}
