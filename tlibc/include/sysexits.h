/* sysexits.h: what a program's exit status means. BSD, sysexits(3). */
#ifndef _SYSEXITS_H
#define _SYSEXITS_H 1
#define EX_OK 0
#define EX__BASE 64
#define EX_USAGE 64       /* wrong arguments */
#define EX_DATAERR 65     /* wrong input data */
#define EX_NOINPUT 66     /* an input file cannot be read */
#define EX_NOUSER 67      /* no such user */
#define EX_NOHOST 68      /* no such host */
#define EX_UNAVAILABLE 69 /* a service is missing */
#define EX_SOFTWARE 70    /* an error of the program's own */
#define EX_OSERR 71       /* the system cannot, such as fork */
#define EX_OSFILE 72      /* a file of the system is missing or wrong */
#define EX_CANTCREAT 73   /* an output file cannot be made */
#define EX_IOERR 74       /* reading or writing failed */
#define EX_TEMPFAIL 75    /* failed for now: try again */
#define EX_PROTOCOL 76    /* the other side does not follow the protocol */
#define EX_NOPERM 77      /* not permitted */
#define EX_CONFIG 78      /* wrong configuration */
#define EX__MAX 78
#endif
